/*
 * What a pair of terminals lacks of a serial port: modem lines, and somebody at the far end who sees lines and rate.
 * Loaded into a serial server (LD_PRELOAD), it keeps the lines of all its terminals, and tells each change to the Unix
 * socket BK72XX_LINES, a line of text each: `rate 921600`, as the terminal has it then, and `lines 1 0` (RTS, DTR).
 */
#define _GNU_SOURCE
#include <asm/termbits.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int modem_bits = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
static unsigned told_rate = 0;
static int teller = -1;

static void tell(const char *format, unsigned one, unsigned other)
{
  const char *path = getenv("BK72XX_LINES");
  if (path == NULL)
    return;
  if (teller < 0) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    teller = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(teller, (struct sockaddr *) &address, sizeof address) != 0)
      return;
  }
  char line[64];
  int length = snprintf(line, sizeof line, format, one, other);
  send(teller, line, length, MSG_NOSIGNAL);
}

static int raw_ioctl(int fd, unsigned long request, void *value)
{
  return syscall(SYS_ioctl, fd, request, value);
}

static void tell_lines(int bits)
{
  modem_bits = bits;
  tell("lines %u %u\n", (bits & TIOCM_RTS) != 0, (bits & TIOCM_DTR) != 0);
}

static void tell_rate(int fd)
{
  struct termios2 now;
  if (raw_ioctl(fd, TCGETS2, &now) != 0 || now.c_ospeed == told_rate)
    return;
  told_rate = now.c_ospeed;
  tell("rate %u\n", told_rate, 0);
}

int ioctl(int fd, unsigned long request, ...)
{
  va_list rest;
  va_start(rest, request);
  void *value = va_arg(rest, void *);
  va_end(rest);
  int is_modem = request == TIOCMGET || request == TIOCMSET || request == TIOCMBIS || request == TIOCMBIC;
  if (!is_modem || !isatty(fd)) {
    int result = raw_ioctl(fd, request, value);
    if (result == 0 && (request == TCSETS2 || request == TCSETSW2 || request == TCSETSF2))
      tell_rate(fd);
    return result;
  }
  int *bits = value;
  if (request == TIOCMGET)
    *bits = modem_bits;
  else if (request == TIOCMSET)
    tell_lines(*bits);
  else if (request == TIOCMBIS)
    tell_lines(modem_bits | *bits);
  else
    tell_lines(modem_bits & ~*bits);
  return 0;
}

int tcsetattr(int fd, int when, const void *value)
{
  static int (*real)(int, int, const void *) = NULL;
  if (real == NULL)
    real = (int (*)(int, int, const void *)) dlsym(RTLD_NEXT, "tcsetattr");
  int result = real(fd, when, value);
  if (result == 0)
    tell_rate(fd);
  return result;
}
