// What the system calls its interfaces and errors; its randomness; the end of the process.
#include <net/if.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "addon.h"

static Napi::Value InterfaceName(const Napi::CallbackInfo& info) {
  char name[IF_NAMESIZE];
  if (if_indextoname(info[0].As<Napi::Number>().Uint32Value(), name) == nullptr) return info.Env().Undefined();
  return Napi::String::New(info.Env(), name);
}

static Napi::Value InterfaceIndex(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  const unsigned index = if_nametoindex(name.c_str());
  return Number(info.Env(), index != 0 ? static_cast<double>(index) : -errno);
}

static Napi::Value ErrnoMessage(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), strerror(Integer(info, 0)));
}

// Up to 256 bytes come whole once the system has started (getrandom(2)).
static Napi::Value RandomBytes(const Napi::CallbackInfo& info) {
  const Bytes target(info[0]);
  return Number(info.Env(), Retried([&] { return getrandom(target.data, target.length, 0); }));
}

// exit(3) would join libuv's threads, one of which may wait for a name server for many seconds.
static Napi::Value ExitNow(const Napi::CallbackInfo& info) { _exit(Integer(info, 0)); }

void DefineSystem(Napi::Env, Napi::Object exports) {
  Define(exports, "interfaceName", InterfaceName);
  Define(exports, "interfaceIndex", InterfaceIndex);
  Define(exports, "errnoMessage", ErrnoMessage);
  Define(exports, "randomBytes", RandomBytes);
  Define(exports, "exitNow", ExitNow);
}
