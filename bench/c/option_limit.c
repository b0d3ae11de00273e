// The limit of socket options: setsockopt(2) and getsockopt(2) of an int on a connected TCP socket, as fast as C calls them.
// option_limit ROUNDS CALLS prints nanoseconds a call, of the best round: SET GET.
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static int connected(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) exit(1);
  if (getsockname(listener, (struct sockaddr *)&address, &length)) exit(1);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client, (struct sockaddr *)&address, length)) exit(1);
  return client;
}

static double set_many(int client, int calls) {
  const double start = now();
  for (int call = 0; call < calls; call++) {
    const int value = 1000 + (call & 1023);
    if (setsockopt(client, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value)) exit(1);
  }
  return (now() - start) / calls;
}

static double get_many(int client, int calls) {
  const double start = now();
  for (int call = 0; call < calls; call++) {
    int value;
    socklen_t length = sizeof value;
    if (getsockopt(client, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &length)) exit(1);
  }
  return (now() - start) / calls;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const int rounds = atoi(arguments[1]);
  const int calls = atoi(arguments[2]);
  const int client = connected();
  double set = 1e9, get = 1e9;
  for (int round = 0; round < rounds; round++) {
    set = fmin(set, set_many(client, calls));
    get = fmin(get, get_many(client, calls));
  }
  printf("%.2f %.2f\n", set, get);
}
