// Fetches lines of the cache before they are used: those that another processor has had cost the most to wait for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

// What is to be done with them.
enum class Use { read, write };

template <Use use>
inline void FetchLine(const uint8_t* at) {
  if constexpr (use == Use::read) {
    __builtin_prefetch(at, 0);
  } else {
#ifdef __x86_64__
    // The builtin knows this instruction only of a compiler that was told of the processor.
    asm volatile("prefetchw %0" : : "m"(*at));
#else
    __builtin_prefetch(at, 1);
#endif
  }
  // GCC drops calls of a function that does nothing else.
  asm volatile("");
}

// The lines that hold these bytes, or the first few of them.
template <Use use>
inline void FetchLines(const uint8_t* start, size_t length) {
  constexpr size_t kLine = 64, kMost = 256;
  const uint8_t* end = start + std::min(length, kMost);
  for (start -= reinterpret_cast<uintptr_t>(start) % kLine; start < end; start += kLine) FetchLine<use>(start);
}
