// What belongs to one environment (the main thread's or a worker's). There are no statics, so that workers are independent.
#pragma once

#include <sys/socket.h>

#include <unordered_set>

#include <napi.h>

#include "second_thread.h"

class Environment {
 public:
  explicit Environment(Napi::Env env);

  static Environment& Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  // Descriptors that this environment must close when it ends: a terminated worker runs no JavaScript to do so.
  void Adopt(int descriptor) { descriptors_.insert(descriptor); }
  void Release(int descriptor) { descriptors_.erase(descriptor); }

  // Descriptors that came in a message's control data: adopted before JavaScript sees them, so that a worker that is
  // terminated in between leaks none.
  void AdoptReceived(msghdr* message);

  // Started by its first use.
  SecondThread& second_thread() { return second_thread_; }

 private:
  void End();

  std::unordered_set<int> descriptors_;
  SecondThread second_thread_;
};
