// A batch sent, and two filled with what its socket has received, on the environment's second thread.
#include "batch.h"
#include "clock.h"

class Exchange : public Napi::ObjectWrap<Exchange>, public SecondThread::Task {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Exchange",
                       {InstanceMethod<&Exchange::Begin>("begin"), InstanceMethod<&Exchange::Finish>("finish")});
  }

  explicit Exchange(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<Exchange>(info), thread_(Environment::Of(info.Env()).second_thread()) {
    // In a worker that is being terminated there may be nothing to unwrap: then there is nothing to be done either.
    Keep(info.This(), "outgoing", info[0]);
    Keep(info.This(), "incoming", info[1]);
    Keep(info.This(), "errors", info[2]);
    outgoing_ = MessageBatch::Unwrap(info[0].As<Napi::Object>());
    incoming_ = MessageBatch::Unwrap(info[1].As<Napi::Object>());
    if (info[2].IsObject()) errors_ = MessageBatch::Unwrap(info[2].As<Napi::Object>());
  }

  // The thread may be gone before this object is, but not before what is underway.
  ~Exchange() override {
    if (underway()) thread_.Abandon(this);
  }

  void Run() override {
    if (outgoing_ == nullptr || incoming_ == nullptr) return;
    outgoing_->Fetch(count_);
    incoming_->Fetch(LastCount(messages_));
    if (errors_ != nullptr) errors_->Fetch(LastCount(reports_));
    begun_at_ = MonotonicSinceOrigin();
    sent_ = outgoing_->SendSlots(descriptor_, 0, std::min(count_, outgoing_->slots()), MSG_DONTWAIT | MSG_NOSIGNAL);
    messages_ = incoming_->ReceiveSlots(descriptor_, MSG_DONTWAIT | MSG_TRUNC, incoming_->slots());
    if (errors_ != nullptr) {
      reports_ = errors_->ReceiveSlots(descriptor_, MSG_DONTWAIT | MSG_ERRQUEUE, errors_->slots());
    }
    ended_at_ = MonotonicSinceOrigin();
  }

 private:
  // The batches' memory must live until it is finished, though nobody refers to it.
  void Begin(const Napi::CallbackInfo& info) {
    descriptor_ = Integer(info, 0);
    count_ = info[1].As<Napi::Number>().Uint32Value();
    Ref();
    thread_.Begin(this);
  }

  void Finish(const Napi::CallbackInfo& info) {
    thread_.Finish(this);
    Unref();
    auto outcome = info[0].As<Napi::Float64Array>();
    const double values[] = {static_cast<double>(sent_), static_cast<double>(messages_), static_cast<double>(reports_),
                             begun_at_, ended_at_};
    std::copy_n(values, std::min(std::size(values), outcome.ElementLength()), outcome.Data());
  }

  static size_t LastCount(int64_t result) { return static_cast<size_t>(std::max<int64_t>(result, 0)); }

  SecondThread& thread_;
  MessageBatch *outgoing_ = nullptr, *incoming_ = nullptr, *errors_ = nullptr;
  int descriptor_ = -1;
  size_t count_ = 0, sent_ = 0;
  int64_t messages_ = 0, reports_ = 0;
  double begun_at_ = 0, ended_at_ = 0;
};

void DefineExchange(Napi::Env env, Napi::Object exports) { exports.Set("Exchange", Exchange::Define(env)); }
