#include "addon.h"

static Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment(env));
  DefineBatch(env, exports);
  DefineClock(env, exports);
  DefineConstants(env, exports);
  DefineExchange(env, exports);
  DefineMessages(env, exports);
  DefineOptions(env, exports);
  DefinePoller(env, exports);
  DefineProcess(env, exports);
  DefineSockets(env, exports);
  DefineSystem(env, exports);
  DefineTun(env, exports);
  return exports;
}

NODE_API_MODULE(subsocket, Initialize)
