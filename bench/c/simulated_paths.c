// A simulated internet behind a TUN device: every IPv4 address that is routed there is HOPS hops away, each of them DELAY
// microseconds one way. Routers answer with time exceeded (SILENT ones do not), targets with port unreachable, an echo
// reply or a reset. The first eight routers are common to all targets; the others are each target's own.
// Usage: simulated_paths DEVICE HOPS DELAY [SILENT,SILENT...]. Prints "ready" on standard error once the device is there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { CAPACITY = 1 << 18, PACKET = 160, QUOTE = 64, COMMON = 8, ICMP = 1, TCP = 6, UDP = 17 };

struct answer {
  int64_t due;
  uint16_t length;
  uint8_t bytes[PACKET];
};

static struct answer* heap;  // The soonest first.
static int waiting;
static int hops;
static int64_t delay;
static int silent[256];

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

static void swap(int one, int other) {
  const struct answer kept = heap[one];
  heap[one] = heap[other];
  heap[other] = kept;
}

static void push(const struct answer* answer) {
  if (waiting == CAPACITY) return;
  heap[waiting] = *answer;
  for (int at = waiting++; at > 0 && heap[at].due < heap[(at - 1) / 2].due; at = (at - 1) / 2) swap(at, (at - 1) / 2);
}

static void pop(void) {
  heap[0] = heap[--waiting];
  for (int at = 0;;) {
    int least = at;
    for (int child = 2 * at + 1; child <= 2 * at + 2 && child < waiting; child++) {
      if (heap[child].due < heap[least].due) least = child;
    }
    if (least == at) return;
    swap(at, least);
    at = least;
  }
}

static uint16_t checksum(const uint8_t* bytes, int length, uint32_t sum) {
  for (int at = 0; at + 1 < length; at += 2) sum += (uint32_t)(bytes[at] << 8 | bytes[at + 1]);
  if (length % 2) sum += (uint32_t)bytes[length - 1] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static void put16(uint8_t* at, uint16_t value) {
  at[0] = (uint8_t)(value >> 8), at[1] = (uint8_t)value;
}

static void ip_header(struct answer* answer, const uint8_t* source, const uint8_t* destination, uint8_t protocol,
                      uint8_t hop_limit) {
  uint8_t* ip = answer->bytes;
  memset(ip, 0, 20);
  ip[0] = 0x45, ip[8] = hop_limit, ip[9] = protocol;
  put16(ip + 2, answer->length);
  memcpy(ip + 12, source, 4);
  memcpy(ip + 16, destination, 4);
  put16(ip + 10, checksum(ip, 20, 0));
}

static void icmp_error(struct answer* answer, const uint8_t* packet, int length, const uint8_t* from, uint8_t type,
                       uint8_t code, uint8_t hop_limit) {
  const int quoted = length < QUOTE ? length : QUOTE;
  uint8_t* icmp = answer->bytes + 20;
  memset(icmp, 0, 8);
  icmp[0] = type, icmp[1] = code;
  memcpy(icmp + 8, packet, (size_t)quoted);
  put16(icmp + 2, checksum(icmp, 8 + quoted, 0));
  answer->length = (uint16_t)(28 + quoted);
  ip_header(answer, from, packet + 12, ICMP, hop_limit);
}

static void echo_reply(struct answer* answer, const uint8_t* packet, int length, uint8_t hop_limit) {
  uint8_t* icmp = answer->bytes + 20;
  answer->length = (uint16_t)(length < PACKET ? length : PACKET);
  memcpy(icmp, packet + 20, (size_t)answer->length - 20);
  icmp[0] = 0;
  put16(icmp + 2, 0);
  put16(icmp + 2, checksum(icmp, answer->length - 20, 0));
  ip_header(answer, packet + 16, packet + 12, ICMP, hop_limit);
}

static void reset(struct answer* answer, const uint8_t* packet, uint8_t hop_limit) {
  const uint8_t* syn = packet + 20;
  uint8_t* tcp = answer->bytes + 20;
  memset(tcp, 0, 20);
  memcpy(tcp, syn + 2, 2);
  memcpy(tcp + 2, syn, 2);
  uint32_t sequence = (uint32_t)syn[4] << 24 | (uint32_t)syn[5] << 16 | (uint32_t)syn[6] << 8 | syn[7];
  sequence++;
  put16(tcp + 8, (uint16_t)(sequence >> 16)), put16(tcp + 10, (uint16_t)sequence);
  tcp[12] = 0x50, tcp[13] = 0x14;
  answer->length = 40;
  ip_header(answer, packet + 16, packet + 12, TCP, hop_limit);
  put16(tcp + 16, 0);
  uint32_t pseudo = TCP + 20;
  for (int at = 12; at < 20; at += 2) pseudo += (uint32_t)(answer->bytes[at] << 8 | answer->bytes[at + 1]);
  put16(tcp + 16, checksum(tcp, 20, pseudo));
}

static void handle(const uint8_t* packet, int length, int64_t read_at) {
  if (length < 28 || packet[0] != 0x45) return;
  const int hop_limit = packet[8];
  const int hop = hop_limit < hops ? hop_limit : hops;
  struct answer answer = {.due = read_at + 2 * hop * delay};
  const uint8_t back = (uint8_t)(64 - (hop - 1));
  if (hop < hops) {
    if (silent[hop]) return;
    const uint8_t common[4] = {10, 0, (uint8_t)hop, 1};
    const uint8_t own[4] = {10, (uint8_t)(100 + hop), packet[18], packet[19]};
    icmp_error(&answer, packet, length, hop <= COMMON || hops > 20 ? common : own, 11, 0, back);
  } else if (packet[9] == UDP) {
    icmp_error(&answer, packet, length, packet + 16, 3, 3, back);
  } else if (packet[9] == ICMP && packet[20] == 8) {
    echo_reply(&answer, packet, length, back);
  } else if (packet[9] == TCP && length >= 40 && (packet[33] & 2)) {
    reset(&answer, packet, back);
  } else {
    return;
  }
  push(&answer);
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const int fd = open_tun(argv[1]);
  hops = atoi(argv[2]);
  delay = strtoll(argv[3], NULL, 10) * 1000;
  for (char* word = argc > 4 ? strtok(argv[4], ",") : NULL; word != NULL; word = strtok(NULL, ",")) {
    silent[atoi(word) & 255] = 1;
  }
  heap = malloc(sizeof(struct answer) * CAPACITY);
  if (heap == NULL) return 2;
  fprintf(stderr, "ready\n");
  for (;;) {
    const int64_t rest = waiting > 0 ? heap[0].due - now() : INT64_C(1000000000);
    const struct timespec timeout = {.tv_sec = rest > 0 ? rest / 1000000000 : 0, .tv_nsec = rest > 0 ? rest % 1000000000 : 0};
    struct pollfd poll = {.fd = fd, .events = POLLIN};
    if (ppoll(&poll, 1, &timeout, NULL) < 0 && errno != EINTR) return perror("ppoll"), 1;
    uint8_t packet[2048];
    for (ssize_t length; (length = read(fd, packet, sizeof packet)) > 0;) handle(packet, (int)length, now());
    while (waiting > 0 && heap[0].due <= now()) {
      if (write(fd, heap[0].bytes, heap[0].length) < 0) perror("write");
      pop();
    }
  }
}
