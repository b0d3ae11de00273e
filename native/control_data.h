// What a batch reads of a message's control data, so that nobody else has to in a flood.
#pragma once

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <limits>

#include "clock.h"

// scm_timestamping has three: [0] software, [2] hardware.
inline bool IsStamp(const cmsghdr& control) {
  return control.cmsg_level == SOL_SOCKET && (control.cmsg_type == SCM_TIMESTAMPING || control.cmsg_type == SCM_TIMESTAMPNS) &&
         control.cmsg_len >= CMSG_LEN(sizeof(timespec));
}

inline bool IsExtendedError(const cmsghdr& control) {
  return ((control.cmsg_level == IPPROTO_IP && control.cmsg_type == IP_RECVERR) ||
          (control.cmsg_level == IPPROTO_IPV6 && control.cmsg_type == IPV6_RECVERR)) &&
         control.cmsg_len >= CMSG_LEN(sizeof(sock_extended_err));
}

// What the control data says of these.
struct Told {
  // The kernel's stamp, or NaN.
  double stamp = std::numeric_limits<double>::quiet_NaN();
  // Of an extended error: who has made it, and ee_data.
  uint8_t origin = SO_EE_ORIGIN_NONE;
  uint32_t data = 0;

  explicit Told(msghdr* message) {
    for (cmsghdr* control = CMSG_FIRSTHDR(message); control != nullptr; control = CMSG_NXTHDR(message, control)) {
      if (IsStamp(*control)) {
        const timespec time = *reinterpret_cast<const timespec*>(CMSG_DATA(control));
        if (time.tv_sec != 0 || time.tv_nsec != 0) stamp = RealtimeSinceOrigin(time);
      } else if (IsExtendedError(*control)) {
        const auto error = reinterpret_cast<const sock_extended_err*>(CMSG_DATA(control));
        origin = error->ee_origin;
        data = error->ee_data;
      }
    }
  }
};
