// What this machine can do over a Unix-domain socket pair between two processes, in plain blocking loops: one sends, one
// receives. Prints operations (bytes for "bytes") a second.
// Usage: unix_limit passes|bytes|datagrams|datagram-batches COUNT
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65536, DATAGRAM = 64, BATCH = 64 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long check(long result, const char *call) {
  if (result >= 0) return result;
  perror(call);
  exit(1);
}

static long send_passes(int socket, long count) {
  const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (long sent = 0; sent < count; sent++) {
    char byte = 'x';
    struct iovec part = {&byte, 1};
    union {
      struct cmsghdr header;
      char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
    check(sendmsg(socket, &message, MSG_NOSIGNAL), "sendmsg");
  }
  return count;
}

static long receive_passes(int socket, long count) {
  for (long received = 0; received < count; received++) {
    char byte;
    struct iovec part = {&byte, 1};
    char control[CMSG_SPACE(sizeof(int))];
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    check(recvmsg(socket, &message, MSG_CMSG_CLOEXEC), "recvmsg");
    close(*(int *)CMSG_DATA(CMSG_FIRSTHDR(&message)));
  }
  return count;
}

static long send_bytes(int socket, long count) {
  static char chunk[CHUNK];
  long sent = 0;
  while (sent < count) sent += check(send(socket, chunk, CHUNK, MSG_NOSIGNAL), "send");
  return sent;
}

static long receive_bytes(int socket, long count) {
  static char chunk[CHUNK];
  long received = 0;
  while (received < count) received += check(recv(socket, chunk, CHUNK, 0), "recv");
  return received;
}

static long send_datagrams(int socket, long count) {
  char datagram[DATAGRAM] = {0};
  for (long sent = 0; sent < count; sent++) check(send(socket, datagram, DATAGRAM, MSG_NOSIGNAL), "send");
  return count;
}

static long receive_datagrams(int socket, long count) {
  char datagram[DATAGRAM];
  for (long received = 0; received < count; received++) check(recv(socket, datagram, DATAGRAM, 0), "recv");
  return count;
}

static struct mmsghdr messages[BATCH];
static char space[BATCH][DATAGRAM];

static void build_batch(void) {
  static struct iovec parts[BATCH];
  for (int slot = 0; slot < BATCH; slot++) {
    parts[slot] = (struct iovec){space[slot], DATAGRAM};
    messages[slot].msg_hdr.msg_iov = &parts[slot];
    messages[slot].msg_hdr.msg_iovlen = 1;
  }
}

static long send_batches(int socket, long count) {
  build_batch();
  long sent = 0;
  while (sent < count) sent += check(sendmmsg(socket, messages, BATCH, MSG_NOSIGNAL), "sendmmsg");
  return sent;
}

static long receive_batches(int socket, long count) {
  build_batch();
  long received = 0;
  while (received < count) received += check(recvmmsg(socket, messages, BATCH, MSG_WAITFORONE, NULL), "recvmmsg");
  return received;
}

static const struct {
  const char *name;
  int type;
  long (*send)(int, long);
  long (*receive)(int, long);
} loops[] = {
    {"passes", SOCK_STREAM, send_passes, receive_passes},
    {"bytes", SOCK_STREAM, send_bytes, receive_bytes},
    {"datagrams", SOCK_DGRAM, send_datagrams, receive_datagrams},
    {"datagram-batches", SOCK_DGRAM, send_batches, receive_batches},
};

int main(int argc, char **argv) {
  const long count = argc > 2 ? atol(argv[2]) : 100000;
  for (size_t index = 0; argc > 1 && index < sizeof loops / sizeof *loops; index++) {
    if (strcmp(argv[1], loops[index].name) != 0) continue;
    int pair[2];
    check(socketpair(AF_UNIX, loops[index].type | SOCK_CLOEXEC, 0, pair), "socketpair");
    const pid_t child = (pid_t)check(fork(), "fork");
    if (child == 0) {
      loops[index].send(pair[0], count);
      _exit(0);
    }
    const double start = now();
    const long received = loops[index].receive(pair[1], count);
    printf("%.0f\n", (double)received / (now() - start));
    waitpid(child, NULL, 0);
    return 0;
  }
  return 2;
}
