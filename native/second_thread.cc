#include "second_thread.h"

#include <sched.h>
#include <signal.h>

SecondThread::~SecondThread() {
  if (state_ != State::started) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  offered_.notify_one();
  pthread_join(thread_, nullptr);
}

// A machine of more processors than a cpu_set_t has room for makes the call fail.
static bool HasOneProcessor() {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) == 1;
}

void SecondThread::Offer(Call* call) {
  if (state_ == State::unstarted) Start();
  if (state_ != State::started) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_ = call;
  }
  offered_.notify_one();
}

void SecondThread::Finish(Call* call) {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool taken = state_ == State::started && waiting_ == nullptr;
    waiting_ = nullptr;
    if (taken) {
      finished_.wait(lock, [this] { return !busy_; });
      return;
    }
  }
  call->run(call->argument);
}

// Signals are the process's own business: none is to be handled here.
void SecondThread::Start() {
  state_ = State::unavailable;
  if (HasOneProcessor()) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (pthread_create(&thread_, nullptr, Main, this) == 0) state_ = State::started;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void* SecondThread::Main(void* self) {
  pthread_setname_np(pthread_self(), "subsocket");
  static_cast<SecondThread*>(self)->Work();
  return nullptr;
}

void SecondThread::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    offered_.wait(lock, [this] { return waiting_ != nullptr || ending_; });
    if (waiting_ == nullptr) return;
    const Call call = *waiting_;
    waiting_ = nullptr;
    busy_ = true;
    lock.unlock();
    call.run(call.argument);
    lock.lock();
    busy_ = false;
    finished_.notify_one();
  }
}
