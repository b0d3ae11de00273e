// A second thread of an environment: one system call runs there while the environment's own thread makes another.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <mutex>

class SecondThread {
 public:
  ~SecondThread();

  // Runs `task` on the second thread while `own` runs here, and returns when both have run. Where the second thread does
  // not get round to it (one processor, a busy machine, no thread to be had), `task` runs here after `own`.
  template <typename Task, typename Own>
  void RunBeside(Task task, Own own) {
    Call call = {[](void* argument) { (*static_cast<Task*>(argument))(); }, &task};
    Offer(&call);
    own();
    Finish(&call);
  }

 private:
  struct Call {
    void (*run)(void*);
    void* argument;
  };

  static void* Main(void* self);
  void Offer(Call* call);
  void Finish(Call* call);
  void Start();
  void Work();

  enum class State { unstarted, unavailable, started } state_ = State::unstarted;
  pthread_t thread_{};
  std::mutex mutex_;
  std::condition_variable offered_, finished_;
  // What follows belongs to the mutex. A call waits to be taken by either thread, or the second one is busy with it.
  Call* waiting_ = nullptr;
  bool busy_ = false, ending_ = false;
};
