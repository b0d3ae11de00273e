#include <cstddef>

#include "addon.h"
#include "kernel_headers.h"

#define CONSTANT(name) constants.Set(#name, Number(env, static_cast<double>(name)));
#define SIZE(type) constants.Set("sizeof_" #type, Number(env, sizeof(struct type)));
#define OFFSET(type, member) constants.Set("offsetof_" #type "_" #member, Number(env, offsetof(struct type, member)));

// Made when first read: only tests compare it with the generated numbers, and several hundred names cost start-up time.
static Napi::Value Constants(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Napi::Object constants = Napi::Object::New(env);
#include "constants.inc"
  return constants;
}

void DefineConstants(Napi::Env, Napi::Object exports) {
  exports.DefineProperty(Napi::PropertyDescriptor::Accessor<Constants>("constants", napi_enumerable));
}
