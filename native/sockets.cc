// Making, naming, connecting and closing sockets.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addon.h"

static constexpr int kNewSocketFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;

// A new descriptor belongs to the environment until it is closed or released.
static Napi::Value Adopted(Napi::Env env, int64_t descriptor) {
  if (descriptor >= 0) Environment::Of(env).Adopt(static_cast<int>(descriptor));
  return Number(env, descriptor);
}

static Napi::Value Socket(const Napi::CallbackInfo& info) {
  return Adopted(info.Env(), Retried([&] {
                   return socket(Integer(info, 0), Integer(info, 1) | kNewSocketFlags, Integer(info, 2));
                 }));
}

static Napi::Value SocketPair(const Napi::CallbackInfo& info) {
  int* descriptors = info[3].As<Napi::Int32Array>().Data();
  const int64_t result = Retried([&] {
    return socketpair(Integer(info, 0), Integer(info, 1) | kNewSocketFlags, Integer(info, 2), descriptors);
  });
  if (result == 0) {
    Environment::Of(info.Env()).Adopt(descriptors[0]);
    Environment::Of(info.Env()).Adopt(descriptors[1]);
  }
  return Number(info.Env(), result);
}

static Napi::Value Bind(const Napi::CallbackInfo& info) {
  Bytes address(info[1]);
  return Number(info.Env(), Retried([&] {
                  return bind(Integer(info, 0), reinterpret_cast<sockaddr*>(address.data),
                              static_cast<socklen_t>(address.length));
                }));
}

// Not retried after EINTR: the connection then goes on in the background, as after EINPROGRESS (connect(2)).
static Napi::Value Connect(const Napi::CallbackInfo& info) {
  Bytes address(info[1]);
  const int result = connect(Integer(info, 0), reinterpret_cast<sockaddr*>(address.data),
                             static_cast<socklen_t>(address.length));
  if (result == 0) return Number(info.Env(), 0);
  return Number(info.Env(), errno == EINTR ? -EINPROGRESS : -errno);
}

static Napi::Value Listen(const Napi::CallbackInfo& info) {
  return Number(info.Env(), Retried([&] { return listen(Integer(info, 0), Integer(info, 1)); }));
}

static Napi::Value Accept(const Napi::CallbackInfo& info) {
  Bytes address(info[1]);
  socklen_t length = static_cast<socklen_t>(address.length);
  const int64_t result = Retried([&] {
    return accept4(Integer(info, 0), reinterpret_cast<sockaddr*>(address.data), &length, kNewSocketFlags);
  });
  if (result >= 0) info[2].As<Napi::Uint32Array>()[0] = length;
  return Adopted(info.Env(), result);
}

static Napi::Value Shutdown(const Napi::CallbackInfo& info) {
  return Number(info.Env(), Retried([&] { return shutdown(Integer(info, 0), Integer(info, 1)); }));
}

// Not retried after EINTR: Linux has freed the descriptor by then, and another thread may have it (close(2)).
static Napi::Value Close(const Napi::CallbackInfo& info) {
  const int descriptor = Integer(info, 0);
  Environment::Of(info.Env()).Release(descriptor);
  const int result = close(descriptor);
  return Number(info.Env(), result == 0 || errno == EINTR ? 0 : -errno);
}

static Napi::Value Duplicate(const Napi::CallbackInfo& info) {
  return Adopted(info.Env(), Retried([&] { return fcntl(Integer(info, 0), F_DUPFD_CLOEXEC, 0); }));
}

static Napi::Value DuplicateOnto(const Napi::CallbackInfo& info) {
  return Number(info.Env(), Retried([&] { return dup3(Integer(info, 0), Integer(info, 1), O_CLOEXEC); }));
}

static void Adopt(const Napi::CallbackInfo& info) { Environment::Of(info.Env()).Adopt(Integer(info, 0)); }

static void Release(const Napi::CallbackInfo& info) { Environment::Of(info.Env()).Release(Integer(info, 0)); }

static Napi::Value AtMark(const Napi::CallbackInfo& info) {
  return Number(info.Env(), Retried([&] { return sockatmark(Integer(info, 0)); }));
}

static int64_t SetFlag(int descriptor, int get, int set, int flag, bool on) {
  const int64_t flags = Retried([&] { return fcntl(descriptor, get); });
  if (flags < 0) return flags;
  return Retried([&] { return fcntl(descriptor, set, on ? flags | flag : flags & ~flag); });
}

static Napi::Value SetCloseOnExec(const Napi::CallbackInfo& info) {
  const bool on = info[1].As<Napi::Boolean>();
  return Number(info.Env(), SetFlag(Integer(info, 0), F_GETFD, F_SETFD, FD_CLOEXEC, on));
}

static Napi::Value SetNonBlocking(const Napi::CallbackInfo& info) {
  const bool on = info[1].As<Napi::Boolean>();
  return Number(info.Env(), SetFlag(Integer(info, 0), F_GETFL, F_SETFL, O_NONBLOCK, on));
}

template <int (*Call)(int, sockaddr*, socklen_t*)>
static Napi::Value Name(const Napi::CallbackInfo& info) {
  Bytes address(info[1]);
  socklen_t length = static_cast<socklen_t>(address.length);
  const int64_t result =
      Retried([&] { return Call(Integer(info, 0), reinterpret_cast<sockaddr*>(address.data), &length); });
  return Number(info.Env(), result < 0 ? result : length);
}

static int SocketName(int descriptor, sockaddr* address, socklen_t* length) {
  return getsockname(descriptor, address, length);
}

static int PeerName(int descriptor, sockaddr* address, socklen_t* length) {
  return getpeername(descriptor, address, length);
}

void DefineSockets(Napi::Env, Napi::Object exports) {
  Define(exports, "socket", Socket);
  Define(exports, "socketPair", SocketPair);
  Define(exports, "bind", Bind);
  Define(exports, "connect", Connect);
  Define(exports, "listen", Listen);
  Define(exports, "accept", Accept);
  Define(exports, "shutdown", Shutdown);
  Define(exports, "atMark", AtMark);
  Define(exports, "close", Close);
  Define(exports, "duplicate", Duplicate);
  Define(exports, "duplicateOnto", DuplicateOnto);
  Define(exports, "adopt", Adopt);
  Define(exports, "release", Release);
  Define(exports, "setCloseOnExec", SetCloseOnExec);
  Define(exports, "setNonBlocking", SetNonBlocking);
  Define(exports, "socketName", Name<SocketName>);
  Define(exports, "peerName", Name<PeerName>);
}
