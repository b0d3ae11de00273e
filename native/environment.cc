#include "environment.h"

#include <unistd.h>

// The first hook of the environment, so the last to run: after every poller has let go of its descriptor.
Environment::Environment(Napi::Env env) {
  env.AddCleanupHook([](Environment* environment) { environment->CloseDescriptors(); }, this);
}

void Environment::CloseDescriptors() {
  for (const int descriptor : descriptors_) close(descriptor);
  descriptors_.clear();
}
