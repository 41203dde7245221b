// Makes the disk and the clock of one process fail on demand. The library is preloaded into the server; a mapped file of
// 64-bit integers (controls.py names them) controls it, so that a fault begins and ends at once.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t armed;        // faults, except the clock's, occur only while this is 1
    int64_t target;       // 0: every file of the database, 1: the database itself, 2: the write-ahead log
    int64_t write_error;  // an errno, or 0
    int64_t sync_error;
    int64_t truncate_error;
    int64_t read_error;
    int64_t short_write;  // 1: half is written and reported; 2: and the next write finds the disk full
    int64_t sync_delay;   // milliseconds
    int64_t every;        // the n-th call fails, the others do not; 0: all fail
    int64_t kill_at;      // the process dies at the n-th write, sync or truncation from now on
    int64_t kill_mode;    // 0: before it, 1: after half of it, 2: after it
    int64_t clock_offset; // milliseconds
    int64_t calls;        // matching calls while armed
    int64_t hits;         // calls that failed
};

static volatile struct control *control;

#define REAL(name) ((__typeof__(&name))real(#name, &real_##name))
static void *real_pwrite, *real_pwrite64, *real_write, *real_fsync, *real_fdatasync, *real_ftruncate, *real_ftruncate64,
    *real_pread, *real_pread64, *real_read, *real_clock_gettime, *real_gettimeofday;

static void *real(const char *name, void **kept) {
    if (!*kept) *kept = dlsym(RTLD_NEXT, name);
    return *kept;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_CONTROL");
    if (!path) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) control = mapped;
}

static int is_database(int file) {
    char link[64], path[1024];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *name = strstr(path, "heirloom.sqlite");
    if (!name) return 0;
    name += strlen("heirloom.sqlite");
    if (control->target == 1) return *name == 0;
    if (control->target == 2) return strcmp(name, "-wal") == 0;
    return 1;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

enum kind { WRITING, OTHER_CHANGE, READING };

// Whether faults may occur in this call; counts it.
static int watched(int file, enum kind kind) {
    if (!control || !control->armed) return 0;
    int kept = errno;
    int is = is_database(file);
    errno = kept;
    if (is && kind != READING) __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
    return is;
}

static int is_last(void) {
    return control->kill_at > 0 && __atomic_sub_fetch(&control->kill_at, 1, __ATOMIC_SEQ_CST) == 0;
}

static int strikes(int64_t fault) {
    if (!fault) return 0;
    if (control->every > 1 && control->calls % control->every != 0) return 0;
    __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    return 1;
}

#define FAIL(error)      \
    do {                 \
        errno = (error); \
        return -1;       \
    } while (0)

// `CALL(n)` writes the first n bytes.
#define FAULTY_WRITE(file, size, CALL)                                        \
    do {                                                                      \
        static _Thread_local int rest_is_full;                                \
        if (!watched(file, WRITING)) return CALL(size);                       \
        if (is_last()) {                                                      \
            if (control->kill_mode == 1) (void)!CALL((size) / 2);             \
            if (control->kill_mode == 2) (void)!CALL(size);                   \
            die();                                                            \
        }                                                                     \
        if (rest_is_full) {                                                   \
            rest_is_full = 0;                                                 \
            FAIL(ENOSPC);                                                     \
        }                                                                     \
        if (strikes(control->write_error)) FAIL((int)control->write_error);   \
        if ((size) > 1 && strikes(control->short_write)) {                    \
            rest_is_full = control->short_write == 2;                         \
            return CALL((size) / 2);                                          \
        }                                                                     \
        return CALL(size);                                                    \
    } while (0)

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
#define CALL(n) REAL(pwrite)(file, bytes, n, at)
    FAULTY_WRITE(file, size, CALL);
#undef CALL
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
#define CALL(n) REAL(pwrite64)(file, bytes, n, at)
    FAULTY_WRITE(file, size, CALL);
#undef CALL
}

ssize_t write(int file, const void *bytes, size_t size) {
#define CALL(n) REAL(write)(file, bytes, n)
    FAULTY_WRITE(file, size, CALL);
#undef CALL
}

#define FAULTY_CHANGE(file, error, CALL)               \
    do {                                               \
        if (!watched(file, OTHER_CHANGE)) return CALL; \
        if (is_last()) {                               \
            if (control->kill_mode == 2) (void)!CALL;  \
            die();                                     \
        }                                              \
        if (strikes(error)) FAIL((int)(error));        \
        return CALL;                                   \
    } while (0)

static void linger(int file) {
    if (!control || !control->armed || !control->sync_delay || !is_database(file)) return;
    __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    struct timespec time = {control->sync_delay / 1000, control->sync_delay % 1000 * 1000000};
    nanosleep(&time, NULL);
}

int fsync(int file) {
    linger(file);
    FAULTY_CHANGE(file, control->sync_error, REAL(fsync)(file));
}

int fdatasync(int file) {
    linger(file);
    FAULTY_CHANGE(file, control->sync_error, REAL(fdatasync)(file));
}

int ftruncate(int file, off_t size) {
    FAULTY_CHANGE(file, control->truncate_error, REAL(ftruncate)(file, size));
}

int ftruncate64(int file, off64_t size) {
    FAULTY_CHANGE(file, control->truncate_error, REAL(ftruncate64)(file, size));
}

#define FAULTY_READ(file, CALL)                                                                         \
    do {                                                                                                \
        if (watched(file, READING) && strikes(control->read_error)) FAIL((int)control->read_error);     \
        return CALL;                                                                                    \
    } while (0)

ssize_t pread(int file, void *bytes, size_t size, off_t at) {
    FAULTY_READ(file, REAL(pread)(file, bytes, size, at));
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t at) {
    FAULTY_READ(file, REAL(pread64)(file, bytes, size, at));
}

ssize_t read(int file, void *bytes, size_t size) { FAULTY_READ(file, REAL(read)(file, bytes, size)); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(clock_gettime)(clock, time);
    if (result == 0 && control && control->clock_offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t moved = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + control->clock_offset * 1000000;
        time->tv_sec = moved / 1000000000;
        time->tv_nsec = moved % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    int result = REAL(gettimeofday)(time, zone);
    if (result == 0 && control && control->clock_offset) {
        int64_t moved = (int64_t)time->tv_sec * 1000000 + time->tv_usec + control->clock_offset * 1000;
        time->tv_sec = moved / 1000000;
        time->tv_usec = moved % 1000000;
    }
    return result;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}
