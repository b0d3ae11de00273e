// The limit of datagrams on loopback: recvmmsg(2) and sendmmsg(2) over batches of 64, and nothing else.
// Usage: datagram_limit receive [ancillary]       receives until an empty datagram comes; prints "port N" first
//        datagram_limit sink                      is sent to and never reads; prints "port N" first, ends with its input
//        datagram_limit send PORT SECONDS [SEGMENTS]   floods 64-byte datagrams to 127.0.0.1, SEGMENTS to a message (UDP_SEGMENT)
// Prints JSON: count, seconds, cpuSeconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, SIZE = 64, CONTROL = 256, MOST = 64 };

static uint8_t payload[BATCH][SIZE * MOST];
static uint8_t control[BATCH][CONTROL];
static struct sockaddr_in names[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];

static double seconds_of(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static double cpu(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void report(uint64_t count, double begun, double cpu_begun) {
  printf("{\"count\":%llu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", (unsigned long long)count, now() - begun, cpu() - cpu_begun);
}

static int open_socket(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  const int buffer = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  return fd;
}

static void ask_for_ancillary(int fd) {
  const int on = 1, stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
  setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
}

static void bind_and_tell(int fd) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  bind(fd, (struct sockaddr*)&address, length);
  getsockname(fd, (struct sockaddr*)&address, &length);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
}

static void sink(void) {
  bind_and_tell(open_socket());
  while (getchar() != EOF) continue;
}

static void receive(int ancillary) {
  const int fd = open_socket();
  if (ancillary) ask_for_ancillary(fd);
  bind_and_tell(fd);
  uint64_t count = 0;
  double begun = 0, cpu_begun = 0;
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      messages[i].msg_hdr.msg_namelen = sizeof names[i];
      messages[i].msg_hdr.msg_control = ancillary ? control[i] : NULL;
      messages[i].msg_hdr.msg_controllen = ancillary ? CONTROL : 0;
    }
    const int received = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
    if (received < 0) perror("recvmmsg"), exit(2);
    if (count == 0) begun = now(), cpu_begun = cpu();
    for (int i = 0; i < received; i++) {
      if (messages[i].msg_len == 0) {
        report(count, begun, cpu_begun);
        return;
      }
      count++;
    }
  }
}

static void send_flood(int port, double duration, int segments) {
  const int fd = open_socket();
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int size = SIZE;
  if (segments > 1 && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) < 0) perror("UDP_SEGMENT"), exit(2);
  for (int i = 0; i < BATCH; i++) names[i] = to, parts[i].iov_len = (size_t)(SIZE * segments);
  uint64_t count = 0;
  const double begun = now(), cpu_begun = cpu();
  while (now() - begun < duration) {
    for (int i = 0; i < BATCH; i++) messages[i].msg_hdr.msg_namelen = sizeof to;
    const int sent = sendmmsg(fd, messages, BATCH, 0);
    if (sent < 0) perror("sendmmsg"), exit(2);
    count += (uint64_t)sent * (uint64_t)segments;
  }
  report(count, begun, cpu_begun);
  // The receiver's buffer may be full: the empty datagram that ends it is sent until one must have got through.
  for (int i = 0; i < 20; i++) {
    usleep(10000);
    const int none = 0;
    setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof none);
    sendto(fd, payload, 0, 0, (struct sockaddr*)&to, sizeof to);
  }
}

int main(int argc, char** argv) {
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){payload[i], SIZE};
    messages[i].msg_hdr = (struct msghdr){.msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  if (argc >= 2 && strcmp(argv[1], "receive") == 0) receive(argc > 2);
  else if (argc >= 2 && strcmp(argv[1], "sink") == 0) sink();
  else if (argc >= 4 && strcmp(argv[1], "send") == 0) send_flood(atoi(argv[2]), atof(argv[3]), argc > 4 ? atoi(argv[4]) : 1);
  else return 2;
  return 0;
}
