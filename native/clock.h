// Both clocks relative to an origin that is taken once for the process, so that every thread's stamps are comparable and
// nanoseconds fit a double exactly for 104 days.
#pragma once

#include <cstdint>
#include <ctime>

struct ClockOrigin {
  int64_t monotonic;
  int64_t realtime;
};

const ClockOrigin& Origin();

// CLOCK_MONOTONIC as nanoseconds since the origin.
double MonotonicSinceOrigin();

inline int64_t Nanoseconds(const timespec& time) { return time.tv_sec * INT64_C(1000000000) + time.tv_nsec; }

// A kernel stamp (CLOCK_REALTIME) as nanoseconds since the origin.
inline double RealtimeSinceOrigin(const timespec& stamp) {
  return static_cast<double>(Nanoseconds(stamp) - Origin().realtime);
}
