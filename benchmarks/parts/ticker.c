/* The floor of a tick's lateness: sleep until the next point of a grid, and say how late that was.

   ticker PERIOD_NS COUNT: one line per tick, nanoseconds. A tick that is late by a whole period
   begins a new grid, as the loop's does. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    long long period = atoll(argv[1]), count = atoll(argv[2]);
    long long *late = malloc(count * sizeof *late);
    long long due = now_ns() + period;
    for (long long i = 0; i < count; i++) {
        struct timespec t = {due / 1000000000LL, due % 1000000000LL};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
        long long now = now_ns();
        late[i] = now - due;
        due = late[i] < period ? due + period : now + period;
    }
    for (long long i = 0; i < count; i++) printf("%lld\n", late[i]);
    free(late);
    return 0;
}
