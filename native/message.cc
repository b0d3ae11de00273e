// sendmsg(2) and recvmsg(2), one message a call.
#include <sys/socket.h>

#include "addon.h"

static Napi::Value SendMessage(const Napi::CallbackInfo& info) {
  Bytes data(info[1]), address(info[2]), control(info[3]);
  iovec part = {data.data, data.length};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_name = address.data;
  message.msg_namelen = static_cast<socklen_t>(address.length);
  message.msg_control = control.data;
  message.msg_controllen = control.length;
  const int flags = Integer(info, 4) | MSG_DONTWAIT | MSG_NOSIGNAL;
  return Number(info.Env(), Retried([&] { return sendmsg(Integer(info, 0), &message, flags); }));
}

static Napi::Value ReceiveMessage(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Bytes data(info[1]), address(info[2]), control(info[3]);
  iovec part = {data.data, data.length};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_name = address.data;
  message.msg_namelen = static_cast<socklen_t>(address.length);
  message.msg_control = control.data;
  message.msg_controllen = control.length;
  const int flags = Integer(info, 4) | MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
  const int64_t length = Retried([&] { return recvmsg(Integer(info, 0), &message, flags); });
  if (length < 0) return Number(env, length);
  Environment::Of(env).AdoptReceived(&message);
  Napi::Object received = info[5].As<Napi::Object>();
  received.Set("length", Number(env, length));
  received.Set("flags", Number(env, message.msg_flags));
  received.Set("nameLength", Number(env, message.msg_namelen));
  received.Set("controlLength", Number(env, message.msg_controllen));
  return Number(env, length);
}

void DefineMessages(Napi::Env, Napi::Object exports) {
  Define(exports, "sendMessage", SendMessage);
  Define(exports, "receiveMessage", ReceiveMessage);
}
