#include "clock.h"

#include "addon.h"

static int64_t Read(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return Nanoseconds(time);
}

// Constant after its thread-safe initialization: not state, so workers may share it.
const ClockOrigin& Origin() {
  static const ClockOrigin origin = {Read(CLOCK_MONOTONIC), Read(CLOCK_REALTIME)};
  return origin;
}

static Napi::Value MonotonicNow(const Napi::CallbackInfo& info) {
  return Number(info.Env(), static_cast<double>(Read(CLOCK_MONOTONIC) - Origin().monotonic));
}

static Napi::Value RealtimeNow(const Napi::CallbackInfo& info) {
  return Number(info.Env(), static_cast<double>(Read(CLOCK_REALTIME) - Origin().realtime));
}

void DefineClock(Napi::Env env, Napi::Object exports) {
  Define(exports, "monotonicNow", MonotonicNow);
  Define(exports, "realtimeNow", RealtimeNow);
  exports.Set("realtimeOrigin", Number(env, static_cast<double>(Origin().realtime) / 1e6));
}
