/* The floor of a reaction: wait for octets of a grip unit, see both hands off, hand Stop over.

   floor PTY: one line of JSON for each release, monotonic nanoseconds: when its octets were read,
   and when Stop was about to be written (to nobody). Whatever else a frame says, its checksum too,
   is not looked at: no program can do with less. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* The low four flags of a frame, -1 of none: the digit before the sixth comma. */
static int flags(const char *frame) {
    int commas = 0;
    for (const char *at = frame; *at; at++)
        if (*at == ',' && ++commas == 6) return at[-1] <= '9' ? at[-1] - '0' : at[-1] - 'A' + 10;
    return -1;
}

/* Whether the frames of one read, oldest first, let go of what was held; `held` goes with them. */
static int released(char *octets, int *held) {
    int fell = 0;
    for (char *frame = strtok(octets, "$"); frame; frame = strtok(NULL, "$")) {
        int now = flags(frame);
        if (now < 0) continue;
        fell |= *held && !(now & 3);
        *held = now & 3;
    }
    return fell;
}

int main(int argc, char **argv) {
    static const char stop[2] = {8, 1};
    if (argc != 2) return 2;
    int port = open(argv[1], O_RDONLY | O_NOCTTY | O_NONBLOCK), belt = open("/dev/null", O_WRONLY);
    struct termios mode;
    if (port < 0 || tcgetattr(port, &mode) < 0) return 1;
    cfmakeraw(&mode);
    tcsetattr(port, TCSANOW, &mode);
    int wait = epoll_create1(0), held = 0;
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(wait, EPOLL_CTL_ADD, port, &event);
    printf("{\"event\": \"ready\", \"pid\": %d}\n", getpid());
    fflush(stdout);
    for (;;) {
        char octets[4097];
        epoll_wait(wait, &event, 1, -1);
        ssize_t count = read(port, octets, sizeof octets - 1);
        if (count <= 0) return 0;
        long long read_ns = now_ns();
        octets[count] = 0;
        if (released(octets, &held)) {
            long long stopped_ns = now_ns();
            if (write(belt, stop, sizeof stop) < 0) return 1;
            printf("{\"event\": \"stop\", \"read_ns\": %lld, \"at_ns\": %lld}\n", read_ns,
                   stopped_ns);
            fflush(stdout);
        }
    }
}
