// Becoming another program, with listening sockets at the descriptors where it looks for them.
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <utility>
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

// What one thread does to become the program, in a table of descriptors and under an identity of its own: in Linux both
// belong to a thread, where the kernel is asked itself (setresuid(2), "C library/kernel differences"). If the program is run,
// the thread becomes the whole process, under its number (execve(2)); if not, the others have all that they had.
struct Execution {
  std::string path;
  std::vector<std::string> arguments, environment;
  std::vector<int> descriptors;
  // (uid_t) -1 and (gid_t) -1 are no change.
  uid_t user;
  gid_t group;
  std::vector<gid_t> groups;
  int parent_death_signal = 0;
  // The name of the system call that failed, and its errno.
  const char* call = "execve";
  int error = 0;
};

// Descriptors from 3 on, where exec(2) keeps them. 0, or an errno.
static int Place(const std::vector<int>& descriptors) {
  const int above = kFirstListenDescriptor + static_cast<int>(descriptors.size());
  std::vector<int> copies;
  for (const int descriptor : descriptors) {
    copies.push_back(fcntl(descriptor, F_DUPFD_CLOEXEC, above));
    if (copies.back() < 0) return errno;
  }
  for (size_t index = 0; index < copies.size(); index++) {
    if (dup2(copies[index], kFirstListenDescriptor + static_cast<int>(index)) < 0) return errno;
  }
  return 0;
}

// Node closes standard input, output and error on exec (uv_disable_stdio_inheritance), and makes pipes among them
// non-blocking, which few programs are prepared for. That belongs to the pipe: the flags are given back where they changed.
static std::vector<int> PassStandardDescriptors() {
  std::vector<int> changed;
  for (int descriptor = 0; descriptor < kFirstListenDescriptor; descriptor++) {
    fcntl(descriptor, F_SETFD, 0);
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK) == 0) continue;
    fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
    changed.push_back(descriptor);
  }
  return changed;
}

static void MakeNonBlocking(const std::vector<int>& descriptors) {
  for (const int descriptor : descriptors) fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
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

// 32-bit machines have calls for 16-bit ids under the plain names.
#ifdef SYS_setresuid32
static constexpr long kSetGroups = SYS_setgroups32, kSetGroup = SYS_setresgid32, kSetUser = SYS_setresuid32;
#else
static constexpr long kSetGroups = SYS_setgroups, kSetGroup = SYS_setresgid, kSetUser = SYS_setresuid;
#endif

// Groups go first: without the privilege they could not any more. The name of the call that failed, or null.
static const char* AssumeIdentity(const Execution& execution) {
  const auto [user, group] = std::pair(execution.user, execution.group);
  const bool changes_groups = group != static_cast<gid_t>(-1);
  if (changes_groups && syscall(kSetGroups, execution.groups.size(), execution.groups.data()) != 0) return "setgroups";
  if (changes_groups && syscall(kSetGroup, group, group, group) != 0) return "setresgid";
  if (user != static_cast<uid_t>(-1) && syscall(kSetUser, user, user, user) != 0) return "setresuid";
  return nullptr;
}

static void Fail(Execution& execution, const char* call, int error) {
  execution.call = call;
  execution.error = error;
}

static void* BecomeProgram(void* data) {
  Execution& execution = *static_cast<Execution*>(data);
  if (unshare(CLONE_FILES) != 0) return Fail(execution, "unshare", errno), nullptr;
  if (const int error = Place(execution.descriptors)) return Fail(execution, "dup2", error), nullptr;
  prctl(PR_SET_PDEATHSIG, execution.parent_death_signal);
  if (const char* call = AssumeIdentity(execution)) return Fail(execution, call, errno), nullptr;
  const std::vector<int> changed = PassStandardDescriptors();
  CloseOnExecFrom(kFirstListenDescriptor + static_cast<unsigned>(execution.descriptors.size()));
  // By Node; exec(2) would keep that.
  const auto pipe_handler = signal(SIGPIPE, SIG_DFL), size_handler = signal(SIGXFSZ, SIG_DFL);
  execve(execution.path.c_str(), Pointers(execution.arguments).data(), Pointers(execution.environment).data());
  Fail(execution, "execve", errno);
  signal(SIGPIPE, pipe_handler);
  signal(SIGXFSZ, size_handler);
  MakeNonBlocking(changed);
  return nullptr;
}

// Returns only on failure, with nothing changed: the name of the call is the result's `call`, -errno its `result`.
static Napi::Value Execute(const Napi::CallbackInfo& info) {
  const Napi::Int32Array descriptors = info[3].As<Napi::Int32Array>();
  const Napi::Uint32Array identity = info[4].As<Napi::Uint32Array>();
  Execution execution;
  execution.path = info[0].As<Napi::String>();
  execution.arguments = Strings(info[1]);
  execution.environment = Strings(info[2]);
  execution.descriptors.assign(descriptors.Data(), descriptors.Data() + descriptors.ElementLength());
  execution.user = identity[0];
  execution.group = identity[1];
  execution.groups.assign(identity.Data() + 2, identity.Data() + identity.ElementLength());
  // A new thread has none.
  prctl(PR_GET_PDEATHSIG, &execution.parent_death_signal);
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, BecomeProgram, &execution);
  if (error == 0) pthread_join(thread, nullptr);
  else Fail(execution, "clone", error);
  Napi::Object failure = Napi::Object::New(info.Env());
  failure.Set("call", execution.call);
  failure.Set("result", Number(info.Env(), -execution.error));
  return failure;
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

// getgrnam_r(3): the gid.
static Napi::Value FindGroup(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  std::vector<char> text(1 << 20);
  group entry = {};
  group* found = nullptr;
  const int result = getgrnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  if (found == nullptr) return Number(info.Env(), result == 0 ? -ENOENT : -result);
  return Number(info.Env(), entry.gr_gid);
}

// getgrouplist(3): writes the groups of a user, and gives how many they are.
static Napi::Value FindGroups(const Napi::CallbackInfo& info) {
  const std::string user = info[0].As<Napi::String>();
  Napi::Uint32Array groups = info[2].As<Napi::Uint32Array>();
  int count = static_cast<int>(groups.ElementLength());
  const int result = getgrouplist(user.c_str(), info[1].As<Napi::Number>().Uint32Value(), groups.Data(), &count);
  return Number(info.Env(), result < 0 ? -ERANGE : count);
}

void DefineProcess(Napi::Env, Napi::Object exports) {
  Define(exports, "execute", Execute);
  Define(exports, "findUser", FindUser);
  Define(exports, "findGroup", FindGroup);
  Define(exports, "findGroups", FindGroups);
}
