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

// The two calls that programs make in loops go straight to Node-API, with as few values across as can be: wrapping and
// converting them takes as long as the system call. `option` is level * 2^16 + name.
template <size_t kCount>
static void Integers(napi_env env, napi_callback_info info, int32_t (&integers)[kCount]) {
  napi_value arguments[kCount];
  size_t count = kCount;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  for (size_t index = 0; index < kCount; index++) napi_get_value_int32(env, arguments[index], &integers[index]);
}

// Gives nothing; -errno where it failed.
static napi_value WriteIntegerOption(napi_env env, napi_callback_info info) {
  int32_t integers[3] = {-1, 0, 0};
  Integers(env, info, integers);
  const auto [descriptor, option, value] = integers;
  const int64_t result = Retried([level = option >> 16, name = option & 0xffff, fd = descriptor, &value = value] {
    return setsockopt(fd, level, name, &value, sizeof value);
  });
  if (result == 0) return nullptr;
  napi_value failure;
  napi_create_int32(env, static_cast<int32_t>(result), &failure);
  return failure;
}

// Gives the value itself; a failure is 2^32 + errno, which no int is.
static napi_value ReadIntegerOption(napi_env env, napi_callback_info info) {
  int32_t integers[2] = {-1, 0};
  Integers(env, info, integers);
  const auto [descriptor, option] = integers;
  int32_t value = 0;
  const int64_t result = Retried([level = option >> 16, name = option & 0xffff, fd = descriptor, &value] {
    socklen_t length = sizeof value;
    return getsockopt(fd, level, name, &value, &length);
  });
  napi_value returned;
  if (result < 0) {
    napi_create_double(env, 4294967296.0 - static_cast<double>(result), &returned);
  } else {
    napi_create_int32(env, value, &returned);
  }
  return returned;
}

static Napi::Value SetFilterOption(const Napi::CallbackInfo& info) {
  Bytes instructions(info[3]);
  const sock_fprog program = {static_cast<unsigned short>(instructions.length / sizeof(sock_filter)),
                              reinterpret_cast<sock_filter*>(instructions.data)};
  return Number(info.Env(), Retried([&] {
                  return setsockopt(Integer(info, 0), Integer(info, 1), Integer(info, 2), &program, sizeof program);
                }));
}

static void DefineDirect(Napi::Object exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(exports.Env(), name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  exports.Set(name, Napi::Value(exports.Env(), function));
}

void DefineOptions(Napi::Env, Napi::Object exports) {
  Define(exports, "getOption", GetOption);
  Define(exports, "setOption", SetOption);
  Define(exports, "getIntegerOption", GetIntegerOption);
  Define(exports, "setIntegerOption", SetIntegerOption);
  DefineDirect(exports, "writeIntegerOption", WriteIntegerOption);
  DefineDirect(exports, "readIntegerOption", ReadIntegerOption);
  Define(exports, "setFilterOption", SetFilterOption);
}
