// Control messages as the C library's own macros lay them out. Reads lines of numbers and prints a line of hexadecimal:
//   4 ADDRESS INTERFACE HOPS CLASS SEGMENT STAMPS NUMBER
//   6 ADDRESS INTERFACE HOPS CLASS DONTFRAGMENT SEGMENT STAMPS NUMBER
// With "read HEX" it prints what CMSG_FIRSTHDR and CMSG_NXTHDR find: level, type and bytes of data, one a word.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SCM_TS_OPT_ID
#define SCM_TS_OPT_ID 81  // asm-generic/socket.h, Linux 6.13
#endif

static union {
  uint8_t bytes[4096];
  struct cmsghdr alignment;
} control;
static struct msghdr message;
static struct cmsghdr* at;

static void begin(void) {
  memset(&control, 0, sizeof control);
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  at = CMSG_FIRSTHDR(&message);
}

static size_t used = 0;

static void add(int level, int type, const void* data, size_t size) {
  at->cmsg_level = level;
  at->cmsg_type = type;
  at->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(at), data, size);
  used += CMSG_SPACE(size);
  at = CMSG_NXTHDR(&message, at);
}

static void add_int(int level, int type, int value) { add(level, type, &value, sizeof value); }

static void print_bytes(const uint8_t* bytes, size_t count) {
  for (size_t i = 0; i < count; i++) printf("%02x", bytes[i]);
}

static void build4(char* address, const int* value) {
  struct in_pktinfo info = {.ipi_ifindex = value[0]};
  inet_pton(AF_INET, address, &info.ipi_spec_dst);
  add(IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
  add_int(IPPROTO_IP, IP_TTL, value[1]);
  add_int(IPPROTO_IP, IP_TOS, value[2]);
}

static void build6(char* address, const int* value) {
  struct in6_pktinfo info = {.ipi6_ifindex = (unsigned)value[0]};
  inet_pton(AF_INET6, address, &info.ipi6_addr);
  add(IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
  add_int(IPPROTO_IPV6, IPV6_HOPLIMIT, value[1]);
  add_int(IPPROTO_IPV6, IPV6_TCLASS, value[2]);
  add_int(IPPROTO_IPV6, IPV6_DONTFRAG, value[3]);
}

static void build(int family, char* address, const int* value) {
  begin();
  used = 0;
  if (family == 4) build4(address, value);
  else build6(address, value);
  const int* rest = family == 4 ? value + 3 : value + 4;
  const uint16_t segment = (uint16_t)rest[0];
  add(IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment);
  add_int(SOL_SOCKET, SO_TIMESTAMPING, rest[1]);
  add_int(SOL_SOCKET, SCM_TS_OPT_ID, rest[2]);
  print_bytes(control.bytes, used);
}

static void read_back(const char* hex) {
  memset(&control, 0, sizeof control);
  size_t count = strlen(hex) / 2;
  for (size_t i = 0; i < count; i++) sscanf(hex + 2 * i, "%2hhx", &control.bytes[i]);
  message.msg_control = control.bytes;
  message.msg_controllen = count;
  for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
    printf("%d:%d:", header->cmsg_level, header->cmsg_type);
    print_bytes(CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
    printf(" ");
  }
}

int main(void) {
  static char line[16384], word[16384];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int value[8] = {0};
    if (sscanf(line, "read %s", word) == 1) {
      read_back(word);
    } else if (sscanf(line, "4 %s %d %d %d %d %d %d", word, value, value + 1, value + 2, value + 3, value + 4, value + 5) == 7) {
      build(4, word, value);
    } else if (sscanf(line, "6 %s %d %d %d %d %d %d %d", word, value, value + 1, value + 2, value + 3, value + 4, value + 5,
                      value + 6) == 8) {
      build(6, word, value);
    }
    printf("\n");
  }
  return 0;
}
