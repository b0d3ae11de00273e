// getsockopt(2) and setsockopt(2), with values as bytes.
#include <sys/socket.h>

#include <linux/filter.h>

#include "addon.h"

static Napi::Value GetOption(const Napi::CallbackInfo& info) {
  Bytes value(info[3]);
  socklen_t length = static_cast<socklen_t>(value.length);
  const int64_t result =
      Retried([&] { return getsockopt(Integer(info, 0), Integer(info, 1), Integer(info, 2), value.data, &length); });
  return Number(info.Env(), result < 0 ? result : length);
}

static Napi::Value SetOption(const Napi::CallbackInfo& info) {
  Bytes value(info[3]);
  return Number(info.Env(), Retried([&] {
                  return setsockopt(Integer(info, 0), Integer(info, 1), Integer(info, 2), value.data,
                                    static_cast<socklen_t>(value.length));
                }));
}

static Napi::Value SetIntegerOption(const Napi::CallbackInfo& info) {
  const int value = Integer(info, 3);
  return Number(info.Env(), Retried([&] {
                  return setsockopt(Integer(info, 0), Integer(info, 1), Integer(info, 2), &value, sizeof value);
                }));
}

static Napi::Value GetIntegerOption(const Napi::CallbackInfo& info) {
  Bytes value(info[3]);
  socklen_t length = sizeof(int32_t);
  return Number(info.Env(), Retried([&] {
                  return getsockopt(Integer(info, 0), Integer(info, 1), Integer(info, 2), value.data, &length);
                }));
}

static Napi::Value SetFilterOption(const Napi::CallbackInfo& info) {
  Bytes instructions(info[3]);
  const sock_fprog program = {static_cast<unsigned short>(instructions.length / sizeof(sock_filter)),
                              reinterpret_cast<sock_filter*>(instructions.data)};
  return Number(info.Env(), Retried([&] {
                  return setsockopt(Integer(info, 0), Integer(info, 1), Integer(info, 2), &program, sizeof program);
                }));
}

void DefineOptions(Napi::Env, Napi::Object exports) {
  Define(exports, "getOption", GetOption);
  Define(exports, "setOption", SetOption);
  Define(exports, "getIntegerOption", GetIntegerOption);
  Define(exports, "setIntegerOption", SetIntegerOption);
  Define(exports, "setFilterOption", SetFilterOption);
}
