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
    incoming_.batch = MessageBatch::Unwrap(info[1].As<Napi::Object>());
    if (info[2].IsObject()) errors_.batch = MessageBatch::Unwrap(info[2].As<Napi::Object>());
  }

  // The thread may be gone before this object is, but not before what is underway.
  ~Exchange() override {
    if (underway()) thread_.Abandon(this);
  }

  // By rounds, each of which takes what came of the one before: the kernel then uses the same memory again while it is in the
  // cache. Of a whole batch at once, sending and receiving take 2 to 4 % longer.
  void Run() override {
    if (outgoing_ == nullptr || incoming_.batch == nullptr) return;
    begun_at_ = MonotonicSinceOrigin();
    sent_ = 0;
    incoming_.Empty();
    errors_.Empty();
    for (const size_t count = std::min(count_, outgoing_->slots()); sent_ < count;) {
      const size_t end = std::min(sent_ + kRound, count);
      outgoing_->Fetch<Use::write>(sent_, end);
      sent_ = outgoing_->SendSlots(descriptor_, sent_, end, MSG_DONTWAIT | MSG_NOSIGNAL);
      incoming_.Fill(descriptor_, MSG_TRUNC);
      errors_.Fill(descriptor_, MSG_ERRQUEUE);
      if (sent_ < end) break;
    }
    ended_at_ = MonotonicSinceOrigin();
  }

 private:
  static constexpr size_t kRound = 32;

  // A batch that is filled round by round.
  struct Incoming {
    MessageBatch* batch = nullptr;
    size_t count = 0, last_count = 0;

    void Empty() {
      last_count = count;
      count = 0;
    }

    // Takes all there is, as far as there is room. Where it needs more calls than one, a round has more to it than it sent.
    void Fill(int descriptor, int flags) {
      while (batch != nullptr && count < batch->slots()) {
        const size_t end = std::min(count + 2 * kRound, batch->slots());
        batch->Fetch<Use::write>(count, std::min(end, last_count));
        const int64_t received = batch->ReceiveSlots(descriptor, MSG_DONTWAIT | flags, count, end);
        if (received <= 0) return;
        count += static_cast<size_t>(received);
        if (count < end) return;
      }
    }

    void FetchToRead() const {
      if (batch != nullptr) batch->Fetch<Use::read>(0, count);
    }
  };

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
    incoming_.FetchToRead();
    errors_.FetchToRead();
    if (outgoing_ != nullptr) outgoing_->Fetch<Use::write>(0, sent_);
    auto outcome = info[0].As<Napi::Float64Array>();
    const double values[] = {static_cast<double>(sent_), static_cast<double>(incoming_.count),
                             static_cast<double>(errors_.count), begun_at_, ended_at_};
    std::copy_n(values, std::min(std::size(values), outcome.ElementLength()), outcome.Data());
  }

  SecondThread& thread_;
  MessageBatch* outgoing_ = nullptr;
  Incoming incoming_, errors_;
  int descriptor_ = -1;
  size_t count_ = 0, sent_ = 0;
  double begun_at_ = 0, ended_at_ = 0;
};

void DefineExchange(Napi::Env env, Napi::Object exports) { exports.Set("Exchange", Exchange::Define(env)); }
