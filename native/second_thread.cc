#include "second_thread.h"

#include <sched.h>
#include <signal.h>

#include <algorithm>

// Whoever waits is woken when so few tasks are waiting: to wake a thread costs as much as a task's system calls for some packets,
// and then it has several to finish. While the last one runs, the next can be begun.
static constexpr size_t kEnough = 1;

// A machine of more processors than a cpu_set_t has room for makes the call fail.
static bool HasOneProcessor() {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) == 1;
}

void SecondThread::Begin(Task* task) {
  if (thread_state_ == Thread::unstarted) Start();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    task->state_ = Task::State::waiting;
    waiting_.push_back(task);
  }
  begun_.notify_one();
}

void SecondThread::Finish(Task* task) {
  std::unique_lock<std::mutex> lock(mutex_);
  finished_.wait(lock, [this, task] { return !task->underway() || (IsWaiting(task) && !busy_); });
  if (!Withdraw(task)) return;
  Run(task, lock);
  lock.unlock();
  begun_.notify_one();
}

void SecondThread::Abandon(Task* task) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!Withdraw(task)) finished_.wait(lock, [task] { return !task->underway(); });
}

void SecondThread::End() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Task* task : waiting_) task->state_ = Task::State::idle;
    waiting_.clear();
    ending_ = true;
  }
  if (thread_state_ != Thread::started) return;
  begun_.notify_one();
  pthread_join(thread_, nullptr);
  thread_state_ = Thread::unavailable;
}

bool SecondThread::Withdraw(Task* task) {
  if (!IsWaiting(task)) return false;
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), task));
  task->state_ = Task::State::idle;
  return true;
}

// The lock is free while it runs.
void SecondThread::Run(Task* task, std::unique_lock<std::mutex>& lock) {
  busy_ = true;
  lock.unlock();
  task->Run();
  lock.lock();
  busy_ = false;
}

// Signals are the process's own business: none is to be handled here.
void SecondThread::Start() {
  thread_state_ = Thread::unavailable;
  if (HasOneProcessor()) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (pthread_create(&thread_, nullptr, Main, this) == 0) thread_state_ = Thread::started;
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
    begun_.wait(lock, [this] { return (!waiting_.empty() && !busy_) || ending_; });
    if (waiting_.empty()) return;
    Task* task = waiting_.front();
    waiting_.pop_front();
    task->state_ = Task::State::running;
    Run(task, lock);
    task->state_ = Task::State::idle;
    if (waiting_.size() <= kEnough) finished_.notify_one();
  }
}
