// recvmmsg(2) and sendmmsg(2) over flat memory that the caller owns. The headers are built once; a call crosses from
// JavaScript once for a whole batch and allocates nothing.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "addon.h"
#include "cache_lines.h"

class MessageBatch : public Napi::ObjectWrap<MessageBatch> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit MessageBatch(const Napi::CallbackInfo& info);

  size_t slots() const { return slots_; }

  // What follows touches the batch's memory and nothing else, so that any thread may do it.

  // Fills slots `slot` to `end` - 1 at most; gives how many, or -errno. Descriptors that came with them have no owner yet.
  int64_t ReceiveSlots(int descriptor, int flags, size_t slot, size_t end);

  // Sends slots `slot` to `end` - 1; gives the first that a full buffer left.
  size_t SendSlots(int descriptor, size_t slot, size_t end, int flags);

  // Another processor has had slots `slot` to `end` - 1: brings the beginnings of what they hold, or held the last time, to
  // this one, all at once. One by one, as they are used, that costs a system call a tenth of its time.
  template <Use use>
  void Fetch(size_t slot, size_t end) const;

 private:
  void Build(uint8_t* payload, size_t payload_stride);
  Napi::Value Receive(const Napi::CallbackInfo& info);
  Napi::Value Send(const Napi::CallbackInfo& info);
  Napi::Value Pack(const Napi::CallbackInfo& info);
  Napi::Value MovePayload(const Napi::CallbackInfo& info);

  void PrepareToReceive(size_t slot);
  void TakeReceived(size_t slot);
  void PrepareToSend(size_t slot);

  size_t slots_ = 0, payload_stride_ = 0, name_stride_ = 0, control_stride_ = 0;
  uint32_t *lengths_ = nullptr, *name_lengths_ = nullptr, *control_lengths_ = nullptr, *flags_ = nullptr,
           *error_data_ = nullptr;
  int32_t* results_ = nullptr;
  double* stamps_ = nullptr;
  uint32_t resends_ = 0;
  uint8_t *names_ = nullptr, *control_ = nullptr, *origins_ = nullptr;
  std::vector<iovec> parts_;
  // A line of the cache each.
  struct alignas(64) Message : mmsghdr {};
  static_assert(sizeof(Message) == sizeof(mmsghdr));
  std::vector<Message> messages_;
};
