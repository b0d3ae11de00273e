// Readiness of a descriptor on the loop of this environment.
#include <uv.h>

#include "addon.h"

// Outlives its JavaScript object: libuv gives the memory of a handle back only in its close callback.
struct PollHandle {
  uv_poll_t poll;
  napi_async_cleanup_hook_handle hook = nullptr;
  class Poller* owner = nullptr;
};

class Poller : public Napi::ObjectWrap<Poller> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Poller",
                       {InstanceMethod<&Poller::Start>("start"), InstanceMethod<&Poller::Stop>("stop"),
                        InstanceMethod<&Poller::RefLoop>("ref"), InstanceMethod<&Poller::UnrefLoop>("unref"),
                        InstanceMethod<&Poller::Close>("close")});
  }

  explicit Poller(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<Poller>(info), context_(info.Env(), "subsocket:Poller") {
    uv_loop_t* loop = nullptr;
    napi_get_uv_event_loop(info.Env(), &loop);
    auto* handle = new PollHandle();
    const int result = uv_poll_init(loop, &handle->poll, Integer(info, 0));
    if (result != 0) {
      delete handle;
      Napi::Error error = Napi::Error::New(info.Env(), "uv_poll_init");
      error.Set("errno", Number(info.Env(), -result));
      error.ThrowAsJavaScriptException();
      return;
    }
    Keep(info.This(), "callback", info[1]);
    callback_ = Napi::Weak(info[1].As<Napi::Function>());
    handle->poll.data = handle;
    handle->owner = this;
    napi_add_async_cleanup_hook(info.Env(), EnvironmentEnds, handle, &handle->hook);
    handle_ = handle;
  }

  ~Poller() override { CloseHandle(); }

 private:
  // While it is started the object must live though nobody refers to it: the loop calls it.
  Napi::Value Start(const Napi::CallbackInfo& info) {
    if (handle_ == nullptr) return Number(info.Env(), -EBADF);
    events_ = Integer(info, 0);
    const int result = uv_poll_start(&handle_->poll, events_, Ready);
    if (result == 0 && !started_) {
      started_ = true;
      Ref();
    }
    return Number(info.Env(), result);
  }

  Napi::Value Stop(const Napi::CallbackInfo& info) {
    if (handle_ == nullptr) return Number(info.Env(), -EBADF);
    const int result = uv_poll_stop(&handle_->poll);
    Unstart();
    return Number(info.Env(), result);
  }

  void RefLoop(const Napi::CallbackInfo&) {
    if (handle_ != nullptr) uv_ref(reinterpret_cast<uv_handle_t*>(&handle_->poll));
  }

  void UnrefLoop(const Napi::CallbackInfo&) {
    if (handle_ != nullptr) uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->poll));
  }

  void Close(const Napi::CallbackInfo&) {
    CloseHandle();
    Unstart();
  }

  void Unstart() {
    if (!started_) return;
    started_ = false;
    Unref();
  }

  // libuv forgets the descriptor at once, so that the caller may close it; the memory goes when libuv says so.
  void CloseHandle() {
    if (handle_ == nullptr) return;
    PollHandle* handle = handle_;
    handle_ = nullptr;
    handle->owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&handle->poll), Closed);
  }

  static void Closed(uv_handle_t* closed) {
    auto* handle = static_cast<PollHandle*>(closed->data);
    napi_remove_async_cleanup_hook(handle->hook);
    delete handle;
  }

  // The environment waits for `Closed` to remove the hook before it ends. A handle that is closing already does so too.
  static void EnvironmentEnds(napi_async_cleanup_hook_handle, void* data) {
    auto* handle = static_cast<PollHandle*>(data);
    if (handle->owner != nullptr) handle->owner->CloseHandle();
  }

  static void Ready(uv_poll_t* poll, int status, int events) {
    auto* handle = static_cast<PollHandle*>(poll->data);
    if (handle->owner != nullptr) handle->owner->Report(status, events);
  }

  // POLLERR without POLLPRI makes libuv stop watching and report UV_EBADF (uv__poll_io). The descriptor is good all the
  // same: the next call on it tells the error and clears it. So all that is waited for is reported, and watching goes on.
  void Report(int status, int events) {
    if (status == UV_EBADF) {
      events = events_;
      status = uv_poll_start(&handle_->poll, events_, Ready);
    }
    Napi::Env env = Env();
    Napi::HandleScope scope(env);
    callback_.MakeCallback(Value(), {Number(env, status), Number(env, events)}, context_);
    if (!env.IsExceptionPending()) return;
    const Napi::Error error = env.GetAndClearPendingException();
    napi_fatal_exception(env, error.Value());
  }

  PollHandle* handle_ = nullptr;
  Napi::FunctionReference callback_;
  Napi::AsyncContext context_;
  int events_ = 0;
  bool started_ = false;
};

void DefinePoller(Napi::Env env, Napi::Object exports) { exports.Set("Poller", Poller::Define(env)); }
