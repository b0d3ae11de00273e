// Becoming another program, with listening sockets at the descriptors where it looks for them.
#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "addon.h"

// sd_listen_fds(3): SD_LISTEN_FDS_START.
static constexpr int kFirstListenDescriptor = 3;

static std::vector<std::string> Strings(const Napi::Value& value) {
  Napi::Array array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t index = 0; index < array.Length(); index++) strings.push_back(Property(array, index).As<Napi::String>());
  return strings;
}

static std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Descriptors from 3 on, where exec(2) keeps them; and what was there, in case the exec fails.
class Placement {
 public:
  // 0, or -errno.
  int64_t Place(const int* descriptors, int count) {
    std::vector<int> copies;
    for (int index = 0; index < count; index++) {
      const int above = kFirstListenDescriptor + count;
      const int copy = fcntl(descriptors[index], F_DUPFD_CLOEXEC, above);
      if (copy < 0) return -errno;
      copies.push_back(copy);
      displaced_.push_back(fcntl(kFirstListenDescriptor + index, F_DUPFD_CLOEXEC, above));
    }
    for (int index = 0; index < count; index++) {
      if (dup2(copies[index], kFirstListenDescriptor + index) < 0) return -errno;
    }
    return 0;
  }

  // Node's event loop is among what was displaced: without it the process could not even end in order.
  void Undo() {
    for (size_t index = 0; index < displaced_.size(); index++) {
      if (displaced_[index] >= 0) dup3(displaced_[index], kFirstListenDescriptor + static_cast<int>(index), O_CLOEXEC);
    }
  }

 private:
  std::vector<int> displaced_;
};

// Node closes standard input, output and error on exec (uv_disable_stdio_inheritance), and makes pipes among them
// non-blocking, which few programs are prepared for.
static void PassStandardDescriptors() {
  for (int descriptor = 0; descriptor < kFirstListenDescriptor; descriptor++) {
    fcntl(descriptor, F_SETFD, 0);
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
  }
}

// close_range(2) since Linux 5.9, its flag since 5.11; before that what is open is looked for.
static void CloseOnExecFrom(unsigned first) {
#ifdef SYS_close_range
  constexpr unsigned kCloseRangeCloexec = 1U << 2;  // CLOSE_RANGE_CLOEXEC of linux/close_range.h
  if (syscall(SYS_close_range, first, ~0U, kCloseRangeCloexec) == 0) return;
#endif
  DIR* open = opendir("/proc/self/fd");
  if (open == nullptr) return;
  while (const dirent* entry = readdir(open)) {
    const int descriptor = atoi(entry->d_name);
    if (descriptor >= static_cast<int>(first)) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
  closedir(open);
}

// execve(2) in a table of descriptors of this thread's own, so that the other threads of Node keep theirs until they are
// gone. Returns only on failure; the caller must then end the process, because its threads no longer share descriptors.
static Napi::Value Execute(const Napi::CallbackInfo& info) {
  std::string path = info[0].As<Napi::String>();
  std::vector<std::string> arguments = Strings(info[1]), environment = Strings(info[2]);
  Napi::Int32Array descriptors = info[3].As<Napi::Int32Array>();
  if (unshare(CLONE_FILES) != 0) return Number(info.Env(), -errno);
  Placement placement;
  int64_t result = placement.Place(descriptors.Data(), static_cast<int>(descriptors.ElementLength()));
  if (result == 0) {
    PassStandardDescriptors();
    CloseOnExecFrom(kFirstListenDescriptor + static_cast<unsigned>(descriptors.ElementLength()));
    for (const int ignored : {SIGPIPE, SIGXFSZ}) signal(ignored, SIG_DFL);  // by Node; exec(2) would keep that
    execve(path.c_str(), Pointers(arguments).data(), Pointers(environment).data());
    result = -errno;
  }
  placement.Undo();
  return Number(info.Env(), result);
}

// getpwnam_r(3): writes uid and gid.
static Napi::Value FindUser(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  std::vector<char> text(16384);
  passwd entry = {};
  passwd* found = nullptr;
  const int result = getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  if (found == nullptr) return Number(info.Env(), result == 0 ? -ENOENT : -result);
  Napi::Uint32Array identity = info[1].As<Napi::Uint32Array>();
  identity[0] = entry.pw_uid;
  identity[1] = entry.pw_gid;
  return Number(info.Env(), 0);
}

void DefineProcess(Napi::Env, Napi::Object exports) {
  Define(exports, "execute", Execute);
  Define(exports, "findUser", FindUser);
}
