// TUN and TAP devices: packets or frames in and out of a network interface that this process serves.
// Documentation/networking/tuntap.rst of the kernel.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "addon.h"

static int64_t AttachTo(int descriptor, const std::string& name, int flags) {
  ifreq request = {};
  if (name.size() >= sizeof request.ifr_name) return -ENAMETOOLONG;
  memcpy(request.ifr_name, name.data(), name.size());
  request.ifr_flags = static_cast<short>(flags);
  return Retried([&] { return ioctl(descriptor, TUNSETIFF, &request); });
}

static Napi::Value OpenTun(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  const int64_t descriptor = Retried([] { return open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK); });
  if (descriptor < 0) return Number(info.Env(), descriptor);
  const int64_t attached = AttachTo(static_cast<int>(descriptor), name, Integer(info, 1));
  if (attached < 0) {
    close(static_cast<int>(descriptor));
    return Number(info.Env(), attached);
  }
  Environment::Of(info.Env()).Adopt(static_cast<int>(descriptor));
  return Number(info.Env(), descriptor);
}

static Napi::Value Read(const Napi::CallbackInfo& info) {
  Bytes bytes(info[1]);
  return Number(info.Env(), Retried([&] { return read(Integer(info, 0), bytes.data, bytes.length); }));
}

static Napi::Value Write(const Napi::CallbackInfo& info) {
  Bytes bytes(info[1]);
  return Number(info.Env(), Retried([&] { return write(Integer(info, 0), bytes.data, bytes.length); }));
}

void DefineTun(Napi::Env, Napi::Object exports) {
  Define(exports, "openTun", OpenTun);
  Define(exports, "read", Read);
  Define(exports, "write", Write);
}
