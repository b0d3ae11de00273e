#include "clock.h"

#include "addon.h"

static int64_t Read(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return Nanoseconds(time);
}

// Some seconds, so that no time that is read is a small integer. V8 makes those of numbers below 2^31, and its optimized code
// for the first two seconds would be thrown away in the third, amid whatever is going on.
static constexpr int64_t kHeadStart = INT64_C(1) << 32;

// Constant after its thread-safe initialization: not state, so workers may share it.
const ClockOrigin& Origin() {
  static const ClockOrigin origin = {Read(CLOCK_MONOTONIC) - kHeadStart, Read(CLOCK_REALTIME) - kHeadStart};
  return origin;
}

double MonotonicSinceOrigin() { return static_cast<double>(Read(CLOCK_MONOTONIC) - Origin().monotonic); }

static Napi::Value MonotonicNow(const Napi::CallbackInfo& info) { return Number(info.Env(), MonotonicSinceOrigin()); }

static Napi::Value RealtimeNow(const Napi::CallbackInfo& info) {
  return Number(info.Env(), static_cast<double>(Read(CLOCK_REALTIME) - Origin().realtime));
}

// How far CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, both since the origin: constant but for steps of the wall clock,
// since slewing (adjtimex(2)) moves both. The realtime reading lies between two monotonic ones; the closest pair counts,
// so that a preemption in between is not taken for a step.
static Napi::Value ClockOffset(const Napi::CallbackInfo& info) {
  int64_t closest = INT64_MAX, offset = 0;
  for (int attempt = 0; attempt < 8 && closest > 1000; attempt++) {
    const int64_t before = Read(CLOCK_MONOTONIC);
    const int64_t wall = Read(CLOCK_REALTIME);
    const int64_t gap = Read(CLOCK_MONOTONIC) - before;
    if (gap >= closest) continue;
    closest = gap;
    offset = wall - Origin().realtime - (before + gap / 2 - Origin().monotonic);
  }
  return Number(info.Env(), static_cast<double>(offset));
}

void DefineClock(Napi::Env env, Napi::Object exports) {
  Define(exports, "monotonicNow", MonotonicNow);
  Define(exports, "realtimeNow", RealtimeNow);
  Define(exports, "clockOffset", ClockOffset);
  exports.Set("realtimeOrigin", Number(env, static_cast<double>(Origin().realtime) / 1e6));
}
