// A C program at the other end: connects to the path, sends its standard output's duplicate and a pipe, one descriptor a
// message, then receives one descriptor, writes into it, and exits with 0.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union control {
  struct cmsghdr header;
  char space[CMSG_SPACE(sizeof(int))];
};

static void check(long result, const char *call) {
  if (result >= 0) return;
  perror(call);
  exit(1);
}

static void pass(int peer, const char *text, int descriptor) {
  struct iovec part = {(void *)text, strlen(text)};
  union control control = {0};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header.cmsg_len = CMSG_LEN(sizeof(int));
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
  check(sendmsg(peer, &message, 0), "sendmsg");
}

static int take(int peer) {
  char text[64];
  struct iovec part = {text, sizeof text};
  union control control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  check(recvmsg(peer, &message, 0), "recvmsg");
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || header->cmsg_type != SCM_RIGHTS || (message.msg_flags & MSG_CTRUNC)) exit(2);
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
  return descriptor;
}

int main(int argc, char **argv) {
  if (argc != 2) return 3;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, argv[1], sizeof address.sun_path);
  const int peer = socket(AF_UNIX, SOCK_STREAM, 0);
  check(connect(peer, (struct sockaddr *)&address, sizeof address), "connect");
  int ends[2];
  check(pipe(ends), "pipe");
  pass(peer, "pipe", ends[1]);
  close(ends[1]);
  char text[64] = {0};
  check(read(ends[0], text, sizeof text - 1), "read");
  const int given = take(peer);
  dprintf(given, "C read: %s", text);
  return 0;
}
