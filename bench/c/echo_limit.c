// The limit of a mass ping: the same raw socket, filters, buffers and stamps as subsocket's, batches of 64, no protocol
// beyond what matching needs. Usage: echo_limit TARGETS. Pings 127.0.0.1, 127.0.0.2, ... once each, a window at a time.
// Prints JSON: answered, seconds, userSeconds, systemSeconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, MESSAGE = 64, RECEIVE = 1400, CONTROL = 256 };

struct batch {
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  struct sockaddr_in names[BATCH];
  uint8_t payload[BATCH][RECEIVE];
  uint8_t control[BATCH][CONTROL];
};

static struct batch outgoing, incoming, errors;
static double sent_stamps[65536], round_trips;
static uint32_t answered;
static const uint16_t identifier = 0x5342;

static uint16_t checksum(const uint8_t* data, size_t length) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < length; i += 2) sum += (uint32_t)(data[i] << 8 | data[i + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static void prepare(struct batch* batch, size_t length, int receiving) {
  for (int i = 0; i < BATCH; i++) {
    struct msghdr* header = &batch->messages[i].msg_hdr;
    batch->parts[i] = (struct iovec){batch->payload[i], length};
    header->msg_iov = &batch->parts[i];
    header->msg_iovlen = 1;
    header->msg_name = &batch->names[i];
    header->msg_namelen = sizeof batch->names[i];
    header->msg_control = receiving ? batch->control[i] : NULL;
    header->msg_controllen = receiving ? CONTROL : 0;
  }
}

static double stamp_of(struct msghdr* header) {
  for (struct cmsghdr* c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING) {
      const struct timespec* t = (const struct timespec*)CMSG_DATA(c);
      return (double)t->tv_sec * 1e9 + (double)t->tv_nsec;
    }
  }
  return 0;
}

static void take_errors(int fd) {
  for (;;) {
    prepare(&errors, RECEIVE, 1);
    const int count = recvmmsg(fd, errors.messages, BATCH, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
      const uint8_t* icmp = errors.payload[i] + 14 + 20;
      sent_stamps[icmp[6] << 8 | icmp[7]] = stamp_of(&errors.messages[i].msg_hdr);
    }
    if (count < BATCH) return;
  }
}

static int take_replies(int fd) {
  prepare(&incoming, RECEIVE, 1);
  const int count = recvmmsg(fd, incoming.messages, BATCH, MSG_DONTWAIT, NULL);
  take_errors(fd);
  for (int i = 0; i < count; i++) {
    const uint8_t* icmp = incoming.payload[i] + (incoming.payload[i][0] & 0xf) * 4;
    if (icmp[0] != ICMP_ECHOREPLY || (icmp[4] << 8 | icmp[5]) != identifier) continue;
    if (checksum(icmp, MESSAGE) != 0) continue;
    round_trips += stamp_of(&incoming.messages[i].msg_hdr) - sent_stamps[icmp[6] << 8 | icmp[7]];
    answered++;
  }
  return count;
}

static void build(int slot, uint32_t target) {
  uint8_t* icmp = outgoing.payload[slot];
  memset(icmp, 0, 8);
  icmp[0] = ICMP_ECHO;
  icmp[4] = identifier >> 8, icmp[5] = identifier & 0xff;
  icmp[6] = (uint8_t)(target >> 8), icmp[7] = (uint8_t)target;
  for (int i = 8; i < MESSAGE; i++) icmp[i] = (uint8_t)i;
  const uint16_t sum = checksum(icmp, MESSAGE);
  icmp[2] = (uint8_t)(sum >> 8), icmp[3] = (uint8_t)sum;
  outgoing.names[slot] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001u + target)};
}

static int open_socket(void) {
  const int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
  if (fd < 0) perror("socket"), exit(2);
  const int buffer = 8 << 20, on = 1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  const int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
  const int atomic = IP_PMTUDISC_DO, refused = ~(1 << ICMP_ECHOREPLY | 1 << ICMP_DEST_UNREACH | 1 << ICMP_TIME_EXCEEDED);
  setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &atomic, sizeof atomic);
  setsockopt(fd, SOL_RAW, ICMP_FILTER, &refused, sizeof refused);
  struct sock_filter code[] = {
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3), BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0)};
  const struct sock_fprog program = {sizeof code / sizeof *code, code};
  setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
  return fd;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char** argv) {
  const uint32_t targets = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 65534;
  const int fd = open_socket();
  struct timespec begun, ended;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  for (uint32_t next = 0; next < targets;) {
    prepare(&outgoing, MESSAGE, 0);
    int slots = 0;
    for (; slots < BATCH && next < targets; slots++) build(slots, next++);
    for (int sent = 0; sent < slots;) {
      const int count = sendmmsg(fd, outgoing.messages + sent, (unsigned)(slots - sent), 0);
      if (count > 0) sent += count;
      else if (errno != EAGAIN) sent++;
    }
    while (take_replies(fd) == BATCH) continue;
  }
  for (int idle = 0; answered < targets && idle < 1000; idle++) {
    if (take_replies(fd) <= 0) usleep(100);
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  getrusage(RUSAGE_SELF, &usage);
  const double elapsed = (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
  printf("{\"answered\":%u,\"seconds\":%.6f,\"userSeconds\":%.6f,\"systemSeconds\":%.6f,\"meanRtt\":%.1f}\n", answered, elapsed,
         seconds(usage.ru_utime), seconds(usage.ru_stime), round_trips / (answered ? answered : 1));
  close(fd);
  return 0;
}
