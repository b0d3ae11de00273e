// What the files of the addon share: how functions are defined, take arguments and give results.
#pragma once

#include <cerrno>
#include <cstdint>

#include <napi.h>

#include "environment.h"

// Runs a system call until it is not interrupted; gives its value or -errno.
template <typename Call>
inline int64_t Retried(Call call) {
  for (;;) {
    const int64_t result = call();
    if (result >= 0) return result;
    if (errno != EINTR) return -errno;
  }
}

inline Napi::Value Number(Napi::Env env, double value) { return Napi::Number::New(env, value); }

inline int32_t Integer(const Napi::CallbackInfo& info, size_t index) { return info[index].As<Napi::Number>().Int32Value(); }

// A property of an object. In a worker that is being terminated nothing can be read: then undefined, from which numbers
// and arrays come out as 0 and none, instead of an empty value, whose use ends the process.
template <typename Key>
inline Napi::Value Property(Napi::Object object, Key key) {
  const Napi::Value value = object.Get(key);
  return value.IsEmpty() ? object.Env().Undefined() : value;
}

// Keeps `value` alive as long as `owner`. A reference would do so for ever where the value refers to the owner in turn: the
// garbage collector sees through properties, not through references.
template <typename Value>
inline void Keep(Napi::Value owner, const char* name, Value value) {
  owner.As<Napi::Object>().Set(name, value);
}

// The bytes of a Uint8Array argument; null and undefined give none.
struct Bytes {
  uint8_t* data = nullptr;
  size_t length = 0;
  explicit Bytes(const Napi::Value& value) {
    if (!value.IsTypedArray()) return;
    auto array = value.As<Napi::Uint8Array>();
    data = array.Data();
    length = array.ByteLength();
  }
};

template <typename Callback>
inline void Define(Napi::Object exports, const char* name, Callback callback) {
  exports.Set(name, Napi::Function::New(exports.Env(), callback, name));
}

void DefineBatch(Napi::Env env, Napi::Object exports);
void DefineClock(Napi::Env env, Napi::Object exports);
void DefineConstants(Napi::Env env, Napi::Object exports);
void DefineExchange(Napi::Env env, Napi::Object exports);
void DefineMessages(Napi::Env env, Napi::Object exports);
void DefineOptions(Napi::Env env, Napi::Object exports);
void DefinePoller(Napi::Env env, Napi::Object exports);
void DefineProcess(Napi::Env env, Napi::Object exports);
void DefineSockets(Napi::Env env, Napi::Object exports);
void DefineSystem(Napi::Env env, Napi::Object exports);
void DefineTun(Napi::Env env, Napi::Object exports);
