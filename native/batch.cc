#include "batch.h"

#include <linux/sock_diag.h>

#include <algorithm>
#include <cstring>

#include "cache_lines.h"
#include "control_data.h"

struct PackedHeader {
  uint32_t name_length, control_length, length, flags;
  double stamp;
};

static size_t Aligned(size_t length) { return (length + 7) / 8 * 8; }

Napi::Function MessageBatch::Define(Napi::Env env) {
  return DefineClass(env, "MessageBatch",
                     {InstanceMethod<&MessageBatch::Receive>("receive"), InstanceMethod<&MessageBatch::Send>("send"),
                      InstanceMethod<&MessageBatch::Pack>("pack"),
                      InstanceMethod<&MessageBatch::MovePayload>("movePayload")});
}

MessageBatch::MessageBatch(const Napi::CallbackInfo& info) : Napi::ObjectWrap<MessageBatch>(info) {
  Napi::Object memory = info[0].As<Napi::Object>();
  Keep(info.This(), "memory", memory);
  slots_ = Property(memory, "slots").As<Napi::Number>().Uint32Value();
  name_stride_ = Property(memory, "nameStride").As<Napi::Number>().Uint32Value();
  control_stride_ = Property(memory, "controlStride").As<Napi::Number>().Uint32Value();
  lengths_ = Property(memory, "lengths").As<Napi::Uint32Array>().Data();
  name_lengths_ = Property(memory, "nameLengths").As<Napi::Uint32Array>().Data();
  control_lengths_ = Property(memory, "controlLengths").As<Napi::Uint32Array>().Data();
  flags_ = Property(memory, "flags").As<Napi::Uint32Array>().Data();
  results_ = Property(memory, "results").As<Napi::Int32Array>().Data();
  stamps_ = Property(memory, "stamps").As<Napi::Float64Array>().Data();
  origins_ = Property(memory, "origins").As<Napi::Uint8Array>().Data();
  error_data_ = Property(memory, "errorData").As<Napi::Uint32Array>().Data();
  resends_ = Property(memory, "resends").As<Napi::Number>().Uint32Value();
  names_ = Property(memory, "names").As<Napi::Uint8Array>().Data();
  control_ = Property(memory, "control").As<Napi::Uint8Array>().Data();
  Build(Property(memory, "payload").As<Napi::Uint8Array>().Data(),
        Property(memory, "payloadStride").As<Napi::Number>().Uint32Value());
}

void MessageBatch::Build(uint8_t* payload, size_t payload_stride) {
  payload_stride_ = payload_stride;
  parts_.resize(slots_);
  messages_.resize(slots_);
  for (size_t slot = 0; slot < slots_; slot++) {
    parts_[slot] = {payload + slot * payload_stride, payload_stride};
    msghdr& message = messages_[slot].msg_hdr;
    message.msg_iov = &parts_[slot];
    message.msg_iovlen = 1;
    message.msg_name = names_ + slot * name_stride_;
    message.msg_control = control_ + slot * control_stride_;
  }
}

Napi::Value MessageBatch::Receive(const Napi::CallbackInfo& info) {
  const int descriptor = Integer(info, 0);
  const int flags = Integer(info, 1) | MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
  const size_t limit = info.Length() > 2 ? std::min<size_t>(info[2].As<Napi::Number>().Uint32Value(), slots_) : slots_;
  const int64_t count = ReceiveSlots(descriptor, flags, 0, limit);
  Environment& environment = Environment::Of(info.Env());
  for (int64_t slot = 0; slot < count; slot++) environment.AdoptReceived(&messages_[slot].msg_hdr);
  return Number(info.Env(), count);
}

int64_t MessageBatch::ReceiveSlots(int descriptor, int flags, size_t slot, size_t end) {
  for (size_t next = slot; next < end; next++) PrepareToReceive(next);
  const int64_t count = Retried([&] {
    return recvmmsg(descriptor, &messages_[slot], static_cast<unsigned>(end - slot), flags, nullptr);
  });
  for (int64_t taken = 0; taken < count; taken++) TakeReceived(slot + static_cast<size_t>(taken));
  return count;
}

void MessageBatch::PrepareToReceive(size_t slot) {
  msghdr& message = messages_[slot].msg_hdr;
  parts_[slot].iov_len = payload_stride_;
  message.msg_namelen = static_cast<socklen_t>(name_stride_);
  message.msg_controllen = control_stride_;
  message.msg_flags = 0;
}

void MessageBatch::TakeReceived(size_t slot) {
  msghdr& message = messages_[slot].msg_hdr;
  lengths_[slot] = messages_[slot].msg_len;
  name_lengths_[slot] = message.msg_namelen;
  control_lengths_[slot] = static_cast<uint32_t>(message.msg_controllen);
  flags_[slot] = static_cast<uint32_t>(message.msg_flags);
  const Told told(&message);
  stamps_[slot] = told.stamp;
  origins_[slot] = told.origin;
  error_data_[slot] = told.data;
}

// Control data that is told by `stamps_`, `origins_` and `error_data_` stays where it is.
template <Use use>
void MessageBatch::Fetch(size_t slot, size_t end) const {
  constexpr size_t kStampOnly = CMSG_SPACE(sizeof(scm_timestamping));
  for (; slot < std::min(end, slots_); slot++) {
    FetchLines<use>(names_ + slot * name_stride_, name_lengths_[slot]);
    if (control_lengths_[slot] != kStampOnly && origins_[slot] != SO_EE_ORIGIN_TIMESTAMPING) {
      FetchLines<use>(control_ + slot * control_stride_, std::min<size_t>(control_lengths_[slot], control_stride_));
    }
    FetchLines<use>(static_cast<const uint8_t*>(parts_[slot].iov_base), std::min<size_t>(lengths_[slot], payload_stride_));
  }
}

template void MessageBatch::Fetch<Use::read>(size_t, size_t) const;
template void MessageBatch::Fetch<Use::write>(size_t, size_t) const;

// The first slots side by side, each as a record: a header of what recvmmsg said, the name, the control data and the
// payload, each from a multiple of 8 bytes on.
Napi::Value MessageBatch::Pack(const Napi::CallbackInfo& info) {
  const size_t count = std::min<size_t>(info[0].As<Napi::Number>().Uint32Value(), slots_);
  const Bytes target(info[1]);
  size_t at = info[2].As<Napi::Number>().Uint32Value();
  auto starts = info[3].As<Napi::Uint32Array>();
  for (size_t slot = 0; slot < count; slot++) {
    const size_t control = std::min<size_t>(control_lengths_[slot], control_stride_);
    const size_t payload = std::min<size_t>(lengths_[slot], payload_stride_);
    const size_t end = at + sizeof(PackedHeader) + Aligned(name_stride_) + Aligned(control) + Aligned(payload);
    if (end > target.length || slot >= starts.ElementLength()) return Number(info.Env(), -ENOBUFS);
    starts[slot] = static_cast<uint32_t>(at);
    const PackedHeader header = {name_lengths_[slot], static_cast<uint32_t>(control), lengths_[slot], flags_[slot],
                                 stamps_[slot]};
    memcpy(target.data + at, &header, sizeof header);
    at += sizeof header;
    memcpy(target.data + at, names_ + slot * name_stride_, name_stride_);
    at += Aligned(name_stride_);
    memcpy(target.data + at, control_ + slot * control_stride_, control);
    memcpy(target.data + at + Aligned(control), parts_[slot].iov_base, payload);
    at = end;
  }
  return Number(info.Env(), static_cast<double>(at));
}

// The payload has gone to other memory of the same size, to which the batch memory refers by now.
Napi::Value MessageBatch::MovePayload(const Napi::CallbackInfo& info) {
  const Bytes payload(info[0]);
  if (payload.length < slots_ * payload_stride_) return Number(info.Env(), -EINVAL);
  for (size_t slot = 0; slot < slots_; slot++) parts_[slot].iov_base = payload.data + slot * payload_stride_;
  return Number(info.Env(), 0);
}

Napi::Value MessageBatch::Send(const Napi::CallbackInfo& info) {
  const int descriptor = Integer(info, 0);
  const size_t first = info[1].As<Napi::Number>().Uint32Value();
  const size_t end = std::min<size_t>(slots_, first + info[2].As<Napi::Number>().Uint32Value());
  const int flags = Integer(info, 3) | MSG_DONTWAIT | MSG_NOSIGNAL;
  return Number(info.Env(), static_cast<double>(SendSlots(descriptor, first, end, flags) - first));
}

// What ENOBUFS of a message says: raw sockets, and others of a datagram in fragments, are refused memory by it beyond twice
// their send buffer (__ip_append_data in net/ipv4/ip_output.c), and the interface's queue refuses a packet by it. A packet
// that the queue refused is given back, so with more in use than that it was the buffer. A packet has taken memory of about
// twice its length by the time at which its last fragment is refused. Drained: it may have been the buffer, which nothing but
// this thread fills, and has room by now. A buffer that is not half full is not waited for: poll(2) calls it writable.
enum class Refusal { queue, buffer_full, buffer_drained };

static Refusal RefusalOf(int descriptor, size_t length) {
  uint32_t memory[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof memory;
  if (getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, memory, &size) != 0) return Refusal::queue;
  const uint64_t used = memory[SK_MEMINFO_WMEM_ALLOC], buffer = memory[SK_MEMINFO_SNDBUF];
  if (used > buffer / 2 && used + 2 * length > 2 * buffer) return Refusal::buffer_full;
  return used > buffer ? Refusal::buffer_drained : Refusal::queue;
}

// sendmmsg(2) stops at the first failure and tells its errno only at the next call, where it is the first. It also
// stops behind a message of a stream that went out in part: what follows must not overtake the rest.
size_t MessageBatch::SendSlots(int descriptor, size_t slot, size_t end, int flags) {
  for (size_t next = slot; next < end; next++) PrepareToSend(next);
  uint32_t resends = resends_;
  while (slot < end) {
    const int64_t count = Retried([&] {
      return sendmmsg(descriptor, &messages_[slot], static_cast<unsigned>(end - slot), flags);
    });
    if (count == -EAGAIN) break;
    if (count < 0) {
      const bool refused = count == -ENOBUFS;
      const Refusal refusal = refused ? RefusalOf(descriptor, parts_[slot].iov_len) : Refusal::queue;
      if (refusal == Refusal::buffer_full) break;
      if ((!refused || refusal == Refusal::buffer_drained) && resends-- > 0) continue;
      results_[slot++] = static_cast<int32_t>(count);
      resends = resends_;
    } else {
      resends = resends_;
      for (const size_t sent = slot + static_cast<size_t>(count); slot < sent; slot++) {
        results_[slot] = static_cast<int32_t>(messages_[slot].msg_len);
      }
      if (count > 0 && messages_[slot - 1].msg_len < parts_[slot - 1].iov_len) break;
    }
  }
  return slot;
}

void MessageBatch::PrepareToSend(size_t slot) {
  msghdr& message = messages_[slot].msg_hdr;
  parts_[slot].iov_len = std::min<size_t>(lengths_[slot], payload_stride_);
  message.msg_namelen = static_cast<socklen_t>(std::min<size_t>(name_lengths_[slot], name_stride_));
  message.msg_controllen = std::min<size_t>(control_lengths_[slot], control_stride_);
  message.msg_flags = 0;
}

static Napi::Value Misalignment(const Napi::CallbackInfo& info) {
  const auto address = reinterpret_cast<uintptr_t>(info[0].As<Napi::ArrayBuffer>().Data());
  return Number(info.Env(), static_cast<double>(address % info[1].As<Napi::Number>().Uint32Value()));
}

void DefineBatch(Napi::Env env, Napi::Object exports) {
  exports.Set("MessageBatch", MessageBatch::Define(env));
  Define(exports, "misalignment", Misalignment);
}
