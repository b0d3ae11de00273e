// The far end of a path whose delay is known: a TUN device on which every ICMP echo request is answered after DELAY
// microseconds. It spins, before other programs where it may, so that nothing but the delay itself lies between reading and
// answering, and prints for each sequence number the time that really passed: lines of "SEQUENCE NANOSECONDS".
// Usage: delayed_echo DEVICE DELAY COUNT. Prints "ready" on standard error once the device is there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 1024, PACKET = 2048 };

struct pending {
  uint8_t bytes[PACKET];
  ssize_t length;
  int64_t read_at;
};

static struct pending queue[QUEUE];

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int open_tun(const char* name) {
  const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) perror("tun"), exit(2);
  return fd;
}

// Request to reply: addresses swapped, type 0. Both checksums can be mended without computing them anew.
static void turn_round(uint8_t* packet) {
  uint8_t source[4];
  memcpy(source, packet + 12, 4);
  memcpy(packet + 12, packet + 16, 4);
  memcpy(packet + 16, source, 4);
  uint8_t* icmp = packet + (packet[0] & 0xf) * 4;
  icmp[0] = 0;
  uint32_t sum = (uint32_t)(icmp[2] << 8 | icmp[3]) + 0x0800;
  sum = (sum & 0xffff) + (sum >> 16);
  icmp[2] = (uint8_t)(sum >> 8), icmp[3] = (uint8_t)sum;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int fd = open_tun(argv[1]);
  const int64_t delay = strtoll(argv[2], NULL, 10) * 1000;
  const int count = atoi(argv[3]);
  setpriority(PRIO_PROCESS, 0, -20);
  fprintf(stderr, "ready\n");
  int first = 0, end = 0;
  for (int answered = 0; answered < count;) {
    struct pending* slot = &queue[end % QUEUE];
    slot->length = end - first < QUEUE ? read(fd, slot->bytes, PACKET) : -1;
    slot->read_at = now();
    if (slot->length >= 28 && slot->bytes[0] >> 4 == 4 && slot->bytes[9] == 1) end++;
    if (first == end || now() - queue[first % QUEUE].read_at < delay) continue;
    struct pending* due = &queue[first++ % QUEUE];
    turn_round(due->bytes);
    const int64_t took = now() - due->read_at;
    if (write(fd, due->bytes, (size_t)due->length) < 0) perror("write");
    const uint8_t* icmp = due->bytes + (due->bytes[0] & 0xf) * 4;
    printf("%d %lld\n", icmp[6] << 8 | icmp[7], (long long)took);
    answered++;
  }
  return 0;
}
