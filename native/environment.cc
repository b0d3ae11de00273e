#include "environment.h"

#include <unistd.h>

#include <cstring>

#include "kernel_headers.h"

// The first hook of the environment, so the last to run: after every poller has let go of its descriptor.
Environment::Environment(Napi::Env env) {
  env.AddCleanupHook([](Environment* environment) { environment->End(); }, this);
}

void Environment::End() {
  second_thread_.End();
  for (const int descriptor : descriptors_) close(descriptor);
  descriptors_.clear();
}

void Environment::AdoptReceived(msghdr* message) {
  for (cmsghdr* control = CMSG_FIRSTHDR(message); control != nullptr; control = CMSG_NXTHDR(message, control)) {
    if (control->cmsg_level != SOL_SOCKET) continue;
    if (control->cmsg_type != SCM_RIGHTS && control->cmsg_type != SCM_PIDFD) continue;
    const size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; index++) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(control) + index * sizeof(int), sizeof(int));
      if (descriptor >= 0) Adopt(descriptor);
    }
  }
}
