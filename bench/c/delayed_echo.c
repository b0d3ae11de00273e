// The far end of a path whose delay is known: a TUN device on which every ICMP echo request is answered after DELAY
// microseconds. How long each answer really took, a packet tap on the device tells: from when the kernel gave the request to
// the device until the reply came from it. Prints lines of "SEQUENCE NANOSECONDS".
// Usage: delayed_echo DEVICE DELAY COUNT. Prints "ready" on standard error once the device is there.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 1024, PACKET = 2048, REQUEST = 8, REPLY = 0, IDLE = 10000000 };

struct pending {
  uint8_t bytes[PACKET];
  ssize_t length;
  int64_t due;
};

static struct pending queue[QUEUE];
static int64_t requested[65536];

static int64_t nanoseconds(struct timespec time) { return time.tv_sec * INT64_C(1000000000) + time.tv_nsec; }

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return nanoseconds(time);
}

static int open_tun(struct ifreq* request) {
  const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  request->ifr_flags = IFF_TUN | IFF_NO_PI;
  if (fd < 0 || ioctl(fd, TUNSETIFF, request) < 0) perror("tun"), exit(2);
  return fd;
}

static int open_tap(struct ifreq* request) {
  const int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1;
  if (fd < 0 || ioctl(fd, SIOCGIFINDEX, request) < 0) perror("tap"), exit(2);
  struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = request->ifr_ifindex};
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (bind(fd, (struct sockaddr*)&link, sizeof link) < 0) perror("bind"), exit(2);
  return fd;
}

static uint8_t* echo_in(uint8_t* packet, ssize_t length) {
  if (length < 28 || packet[0] >> 4 != 4 || packet[9] != IPPROTO_ICMP) return NULL;
  return packet + (packet[0] & 0xf) * 4;
}

static int sequence_of(const uint8_t* icmp) { return icmp[6] << 8 | icmp[7]; }

// Request to reply: addresses swapped, type 0. Both checksums can be mended without computing them anew.
static void turn_round(uint8_t* packet, uint8_t* icmp) {
  uint8_t source[4];
  memcpy(source, packet + 12, 4);
  memcpy(packet + 12, packet + 16, 4);
  memcpy(packet + 16, source, 4);
  icmp[0] = REPLY;
  uint32_t sum = (uint32_t)(icmp[2] << 8 | icmp[3]) + (REQUEST << 8);
  sum = (sum & 0xffff) + (sum >> 16);
  icmp[2] = (uint8_t)(sum >> 8), icmp[3] = (uint8_t)sum;
}

// The packets that have crossed the device. Gives how many replies were among them.
static int take_tapped(int tap) {
  for (int replies = 0;;) {
    uint8_t packet[PACKET], control[256];
    struct iovec part = {packet, sizeof packet};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    const ssize_t length = recvmsg(tap, &message, 0);
    if (length < 0) return replies;
    const uint8_t* icmp = echo_in(packet, length);
    const struct cmsghdr* stamp = CMSG_FIRSTHDR(&message);
    if (icmp == NULL || stamp == NULL || stamp->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(stamp), sizeof time);
    if (icmp[0] == REQUEST) requested[sequence_of(icmp)] = nanoseconds(time);
    if (icmp[0] != REPLY) continue;
    printf("%d %lld\n", sequence_of(icmp), (long long)(nanoseconds(time) - requested[sequence_of(icmp)]));
    replies++;
  }
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  struct ifreq request = {0};
  strncpy(request.ifr_name, argv[1], IFNAMSIZ - 1);
  const int tun = open_tun(&request), tap = open_tap(&request);
  const int64_t delay = strtoll(argv[2], NULL, 10) * 1000;
  const int count = atoi(argv[3]);
  fprintf(stderr, "ready\n");
  int first = 0, end = 0;
  for (int answered = 0; answered < count;) {
    // Nobody waits for the tap: the kernel would wake him while the packet is on its way, which takes 30 us and more.
    struct pollfd waited = {tun, POLLIN, 0};
    const int64_t left = first == end ? IDLE : queue[first % QUEUE].due - now();
    if (left > 0) ppoll(&waited, 1, &(struct timespec){0, left}, NULL);
    struct pending* slot = &queue[end % QUEUE];
    slot->length = end - first < QUEUE ? read(tun, slot->bytes, PACKET) : -1;
    slot->due = now() + delay;
    const uint8_t* icmp = echo_in(slot->bytes, slot->length);
    if (icmp != NULL && icmp[0] == REQUEST) end++;
    if (first != end && queue[first % QUEUE].due <= now()) {
      struct pending* due = &queue[first++ % QUEUE];
      turn_round(due->bytes, echo_in(due->bytes, due->length));
      if (write(tun, due->bytes, (size_t)due->length) < 0) perror("write");
    }
    answered += take_tapped(tap);
  }
  return 0;
}
