// A wall clock that can be set: preloaded into a program, this adds the microseconds that the file beside it says,
// its own path with ".step" behind, to the real time of the system. The monotonic clock stays as it is.
//
// PostgreSQL asks for the time in signal handlers, and Swift from many threads at once. So there is no lock here, no
// memory is allocated and no file read: the file is mapped, and an answer costs one system call.

#if defined(__linux__)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const _Atomic int64_t *step_file;

__attribute__((constructor)) static void map_step_file(void) {
    Dl_info library;
    char path[PATH_MAX];
    if (dladdr(&step_file, &library) == 0) return;
    if (snprintf(path, sizeof path, "%s.step", library.dli_fname) >= (int)sizeof path) return;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    void *address = mmap(NULL, sizeof *step_file, PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (address != MAP_FAILED) step_file = address;
}

/// `time` with `factor` times the step added.
static struct timespec stepped(struct timespec time, int factor) {
    int64_t step = step_file ? atomic_load_explicit(step_file, memory_order_relaxed) * factor : 0;
    int64_t nanoseconds = time.tv_nsec + step % 1000000 * 1000;
    time.tv_sec += step / 1000000;
    if (nanoseconds < 0) {
        nanoseconds += 1000000000;
        time.tv_sec -= 1;
    } else if (nanoseconds >= 1000000000) {
        nanoseconds -= 1000000000;
        time.tv_sec += 1;
    }
    time.tv_nsec = nanoseconds;
    return time;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) *time = stepped(*time, 1);
    return result;
}

int gettimeofday(struct timeval *restrict answer, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    if (result == 0) *answer = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return result;
}

time_t time(time_t *answer) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (answer) *answer = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *answer, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, answer) == 0 ? base : 0;
}

/// The kernel waits by the clock that nobody stepped. Whoever waits so in PostgreSQL or runledger goes by the real time.
int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
    struct timespec deadline = stepped(*until, -1);
    return pthread_cond_clockwait(condition, mutex, CLOCK_REALTIME, &deadline);
}

#else
typedef int nothing_to_preload;
#endif
