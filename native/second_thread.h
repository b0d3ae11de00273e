// A second thread of an environment: system calls are made there while the environment's own thread does something else.
#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

class SecondThread {
 public:
  // Something to be done on either thread. What it touches belongs to it from Begin to Finish.
  class Task {
   public:
    virtual ~Task() = default;
    virtual void Run() = 0;
    bool underway() const { return state_ != State::idle; }

   private:
    friend SecondThread;
    enum class State { idle, waiting, running };
    std::atomic<State> state_{State::idle};
  };

  ~SecondThread() { End(); }

  // Tasks are run one at a time, in the order in which they were begun.
  void Begin(Task* task);

  // Returns when the task has run, and by then perhaps others that were begun after it. It runs here where the second thread has not got round to it (one processor, a busy
  // machine, no thread to be had), so tasks are to be finished in the order in which they were begun.
  void Finish(Task* task);

  // Returns when the task does not run, nor will.
  void Abandon(Task* task);

  // Abandons all tasks. Nothing may be begun after this.
  void End();

 private:
  static void* Main(void* self);
  void Start();
  void Work();
  void Run(Task* task, std::unique_lock<std::mutex>& lock);
  static bool IsWaiting(Task* task) { return task->state_ == Task::State::waiting; }
  // Whether the task waited; now it does no longer.
  bool Withdraw(Task* task);

  enum class Thread { unstarted, unavailable, started } thread_state_ = Thread::unstarted;
  pthread_t thread_{};
  std::mutex mutex_;
  std::condition_variable begun_, finished_;
  // What follows, and the states of tasks, change under the mutex.
  std::deque<Task*> waiting_;
  bool busy_ = false, ending_ = false;
};
