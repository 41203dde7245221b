// A closed-loop HTTP/1.1 load generator: one thread, epoll, nothing but libc. Linux.
//
//   cc -O2 -o load load.c
//   load chain -u http://127.0.0.1:8080/v1/refresh -t tokens.txt -c 64 -d 10
//   load fixed -u http://127.0.0.1:8080/health/live -c 64 -d 10
//   load fixed -u http://127.0.0.1:8080/v1/session -t access-tokens.txt -c 64 -d 10
//   load fixed -u http://127.0.0.1:8080/v1/login -b '{"username":…}' -c 200 -d 10
//   load fixed -u http://127.0.0.1:8080/oauth/introspect -t access-tokens.txt -f token -a 'Basic …' -c 64 -d 10
//   load fsync -o some-file -d 2
//
// chain   Connection i of c owns the tokens i, i + c, i + 2c, … of the file and uses them in turn, so a run uses as many
//         sessions as the file has tokens. It sends a token, checks the answer, and replaces the token by the new one. An
//         answer counts only with status 200 and a different token. The newest tokens are written back to the file at the
//         end, for the next run.
//         With -p each request has a line of that file as its header DPoP; each line is used once.
// fixed   Every connection sends the same request. With -t the lines of the file are bearer tokens, used in turn; with -f
//         they are the value of that field of a form. -a is the value of Authorization.
// fsync   No HTTP: appends 4 KiB and calls fdatasync, again and again. No durable commit is faster.
//
// Closed loop: a connection sends its next request when it has the answer to the last one. So latency and rate depend on
// each other (connections = rate x mean latency), and a stall shows as few requests with a long tail.
// Errors count from the first request on, in the warm-up too. A 503 with Retry-After is an error too; the connection waits
// for that time and sends the same request again.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TOKEN_ROOM 2048   // the longest token, with its final zero
#define ANSWER_ROOM 16384 // the longest answer, head and body
#define TIMEOUT_US 30000000

static void fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    exit(2);
}

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

// ---- Options

static bool chain;
static struct sockaddr_in address = {.sin_family = AF_INET};
static char host[64], path[512];
static const char *tokens_file, *proofs_file, *body, *output_file, *form_field, *authorization;
static int connections = 1, expected_status = 200;
static double warmup_seconds = 1, seconds = 5;

static void parse_url(const char *url) {
    char numeric[48];
    int port = 80, used = 0;
    if (sscanf(url, "http://%47[0-9.]:%d%n", numeric, &port, &used) < 2 || inet_pton(AF_INET, numeric, &address.sin_addr) != 1)
        fail("-u wants http://NUMERIC-ADDRESS:PORT/PATH, not %s", url);
    address.sin_port = htons((uint16_t)port);
    snprintf(host, sizeof host, "%s:%d", numeric, port);
    snprintf(path, sizeof path, "%s", url[used] ? url + used : "/");
}

// ---- Tokens

static char **tokens; // an empty one is dead: its chain has ended
static size_t token_count;

static char **proofs;
static size_t proof_count, next_proof;

static char **read_lines(const char *name, size_t *count) {
    FILE *file = fopen(name, "r");
    if (!file) fail("%s: %s", name, strerror(errno));
    static char line[TOKEN_ROOM + 2];
    char **lines = NULL;
    size_t room = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (!*line) continue;
        if (strlen(line) >= TOKEN_ROOM) fail("a line of %zu characters is too long", strlen(line));
        if (*count == room) lines = realloc(lines, (room = room ? 2 * room : 1024) * sizeof *lines);
        if (!lines) fail("out of memory");
        lines[(*count)++] = strdup(line);
    }
    fclose(file);
    return lines;
}

static void read_tokens(void) {
    tokens = read_lines(tokens_file, &token_count);
    if (token_count < (chain ? (size_t)connections : 1))
        fail("%s: %zu tokens are too few for %d connections", tokens_file, token_count, connections);
}

static void write_tokens(void) {
    char draft[4096];
    snprintf(draft, sizeof draft, "%s.new", tokens_file);
    FILE *file = fopen(draft, "w");
    if (!file) fail("%s: %s", draft, strerror(errno));
    for (size_t i = 0; i < token_count; i++)
        if (*tokens[i]) fprintf(file, "%s\n", tokens[i]);
    if (fclose(file) || rename(draft, tokens_file)) fail("%s: %s", tokens_file, strerror(errno));
}

// ---- What is measured

static uint32_t *latencies; // in microseconds, of the good answers within the measured time
static size_t latency_count, latency_room;
static uint64_t good_answers; // all of them, those of the warm-up too: what the server's CPU and writes are divided by
static bool measuring, stopping;

static struct { char name[24]; uint64_t count; } errors[16];
static char first_error[256];

static void count_error(const char *name, const char *detail) {
    if (!first_error[0]) snprintf(first_error, sizeof first_error, "%s: %s", name, detail);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (!errors[i].name[0]) snprintf(errors[i].name, sizeof errors[i].name, "%s", name);
        if (strcmp(errors[i].name, name)) continue;
        errors[i].count++;
        return;
    }
}

static void record(uint64_t microseconds) {
    if (latency_count == latency_room) {
        latency_room = latency_room ? 2 * latency_room : 1 << 16;
        latencies = realloc(latencies, latency_room * sizeof *latencies);
        if (!latencies) fail("out of memory");
    }
    latencies[latency_count++] = (uint32_t)microseconds;
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t percentile(double p) {
    if (!latency_count) return 0;
    size_t index = (size_t)(p / 100 * (double)latency_count);
    return latencies[index < latency_count ? index : latency_count - 1];
}

static void print_text(const char *text) { // as a JSON string
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') printf("\\%c", *text);
        else if (*text >= ' ' && *text <= '~') putchar(*text);
        else putchar(' ');
    }
    putchar('"');
}

static void report(const char *mode, double elapsed) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    printf("{\"mode\":\"%s\",\"connections\":%d,\"seconds\":%.3f,\"requests\":%zu,\"per_second\":%.1f,"
           "\"p50_us\":%u,\"p90_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"all_requests\":%llu,\"generator_cpu_seconds\":%.3f,"
           "\"errors\":{",
           mode, connections, elapsed, latency_count, (double)latency_count / elapsed, percentile(50), percentile(90),
           percentile(99), latency_count ? latencies[latency_count - 1] : 0, (unsigned long long)good_answers, cpu);
    for (size_t i = 0; i < sizeof errors / sizeof *errors && errors[i].name[0]; i++)
        printf("%s\"%s\":%llu", i ? "," : "", errors[i].name, (unsigned long long)errors[i].count);
    printf("},\"first_error\":");
    print_text(first_error);
    printf("}\n");
}

// ---- Connections

typedef struct {
    int descriptor;     // -1: not connected
    bool is_waiting;    // a request is under way
    bool is_retired;    // none of its chains lives
    size_t token;       // the index of the one in use
    uint64_t sent_at;
    uint64_t rests_until; // 0: it does not rest
    size_t length;      // of what has come of the answer
    char answer[ANSWER_ROOM + 1];
} Connection;

static Connection *all;
static int poller;

static void disconnect(Connection *c) {
    if (c->descriptor >= 0) close(c->descriptor);
    c->descriptor = -1;
    c->is_waiting = false;
}

static void rest(Connection *c, uint64_t microseconds) { c->rests_until = now_us() + microseconds; }

static bool connect_now(Connection *c) {
    // On loopback this takes microseconds, so it may block.
    c->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->descriptor < 0 || connect(c->descriptor, (struct sockaddr *)&address, sizeof address)) {
        count_error("connect", strerror(errno));
        disconnect(c);
        rest(c, 100000);
        return false;
    }
    int yes = 1;
    setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(c->descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->descriptor, &event)) fail("epoll_ctl: %s", strerror(errno));
    return true;
}

static int compose(char *request, size_t room, const char *token) {
    char content[TOKEN_ROOM + 64];
    if (chain) snprintf(content, sizeof content, "{\"refresh_token\":\"%s\"}", token);
    if (form_field) snprintf(content, sizeof content, "%s=%s", form_field, token);
    const char *sends = chain || form_field ? content : body;
    int length = snprintf(request, room, "%s %s HTTP/1.1\r\nHost: %s\r\n", sends ? "POST" : "GET", path, host);
    if (authorization)
        length += snprintf(request + length, room - (size_t)length, "Authorization: %s\r\n", authorization);
    else if (token && !chain)
        length += snprintf(request + length, room - (size_t)length, "Authorization: Bearer %s\r\n", token);
    if (proofs) {
        if (next_proof == proof_count) fail("%s: %zu proofs are too few", proofs_file, proof_count);
        length += snprintf(request + length, room - (size_t)length, "DPoP: %s\r\n", proofs[next_proof++]);
    }
    if (sends)
        length += snprintf(request + length, room - (size_t)length,
                           "Content-Type: application/%s\r\nContent-Length: %zu\r\n",
                           form_field ? "x-www-form-urlencoded" : "json", strlen(sends));
    length += snprintf(request + length, room - (size_t)length, "\r\n%s", sends ? sends : "");
    if ((size_t)length >= room) fail("the request is too long");
    return length;
}

static void send_request(Connection *c) {
    if (stopping || c->is_retired) return;
    c->rests_until = 0;
    if (c->descriptor < 0 && !connect_now(c)) return;
    char request[2 * TOKEN_ROOM + 2048];
    int length = compose(request, sizeof request, tokens ? tokens[c->token] : NULL);
    c->length = 0;
    c->sent_at = now_us();
    // The socket is idle and the request small, so the kernel takes it whole or the connection is gone.
    if (send(c->descriptor, request, (size_t)length, MSG_NOSIGNAL) != length) {
        count_error("send", strerror(errno));
        disconnect(c);
        rest(c, 10000);
        return;
    }
    c->is_waiting = true;
}

/// Moves on to the connection's next token; in chain mode past the dead ones.
static void advance(Connection *c) {
    size_t start = (size_t)(c - all) % (token_count ? token_count : 1), step = (size_t)connections;
    if (!tokens) return;
    for (size_t tried = 0; tried <= token_count / step + 1; tried++) {
        c->token = c->token + step < token_count ? c->token + step : start;
        if (*tokens[c->token]) return;
    }
    c->is_retired = true;
}

/// The connection broke. The server may have done what was asked; the same token, sent again, tells.
static void broken(Connection *c, const char *name, const char *detail) {
    count_error(name, detail);
    disconnect(c);
    rest(c, 10000);
}

/// Takes the new refresh token out of the answer's body; nil when there is none.
static const char *new_token(char *content) {
    static const char key[] = "\"refresh_token\":\"";
    char *start = strstr(content, key);
    if (!start) return NULL;
    start += sizeof key - 1;
    size_t length = strcspn(start, "\"\\");
    if (!length || length >= TOKEN_ROOM || start[length] != '"') return NULL;
    start[length] = 0;
    return start;
}

/// Handles a whole answer.
static void answered(Connection *c, int status, char *head, char *content) {
    uint64_t took = now_us() - c->sent_at;
    c->is_waiting = false;
    bool closes = strcasestr(head, "\r\nconnection: close") != NULL;
    const char *fresh = NULL, *problem = NULL;
    char name[24];
    if (status != expected_status) snprintf(name, sizeof name, "status_%d", status), problem = name;
    else if (chain && !(fresh = new_token(content))) problem = "no_token";
    else if (chain && !strcmp(fresh, tokens[c->token])) problem = "same_token";

    if (!problem) {
        good_answers++;
        if (measuring) record(took);
        if (fresh) {
            free(tokens[c->token]);
            tokens[c->token] = strdup(fresh);
        }
        advance(c);
    } else {
        count_error(problem, content);
        char *pause = strcasestr(head, "\r\nretry-after:");
        if (status == 503 && pause) {
            if (closes) disconnect(c);
            rest(c, (uint64_t)(atof(pause + 14) * 1e6));
            return;
        }
        if (chain) *tokens[c->token] = 0; // this chain has ended
        advance(c);
    }
    if (closes) disconnect(c);
    send_request(c);
}

static void readable(Connection *c) {
    ssize_t got = recv(c->descriptor, c->answer + c->length, ANSWER_ROOM - c->length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        if (c->is_waiting) broken(c, "closed", got ? strerror(errno) : "the server closed the connection");
        else disconnect(c);
        return;
    }
    c->length += (size_t)got;
    c->answer[c->length] = 0;
    if (!c->is_waiting) return broken(c, "unasked", "an answer that nothing asked for");

    char *end = strstr(c->answer, "\r\n\r\n");
    if (end) {
        *end = 0; // head and content are texts of their own now
        char *content = end + 4, *line = strcasestr(c->answer, "\r\ncontent-length:");
        // Every answer of these servers has a Content-Length; anything else is not what is measured here.
        if (strncmp(c->answer, "HTTP/1.1 ", 9) || !line) return broken(c, "http", c->answer);
        size_t wanted = strtoul(line + 17, NULL, 10), have = c->length - (size_t)(content - c->answer);
        if (have > wanted) return broken(c, "http", "more than Content-Length says");
        if (have == wanted) return answered(c, atoi(c->answer + 9), c->answer, content);
        *end = '\r';
    }
    if (c->length == ANSWER_ROOM) broken(c, "http", "the answer is too long");
}

static void run(void) {
    if (tokens_file) read_tokens();
    if (proofs_file) proofs = read_lines(proofs_file, &proof_count);
    poller = epoll_create1(EPOLL_CLOEXEC);
    all = calloc((size_t)connections, sizeof *all);
    if (poller < 0 || !all) fail("%s", strerror(errno));

    uint64_t start = now_us(), measured_from = 0, measured_to = 0, next_look = 0;
    for (int i = 0; i < connections; i++) {
        all[i].descriptor = -1;
        all[i].token = token_count ? (size_t)i % token_count : 0;
        send_request(&all[i]);
    }
    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(poller, events, 256, 10);
        for (int i = 0; i < count; i++) readable(events[i].data.ptr);

        uint64_t now = now_us();
        if (!measured_from && (double)(now - start) >= warmup_seconds * 1e6) {
            measuring = true;
            measured_from = now;
        } else if (measuring && (double)(now - measured_from) >= seconds * 1e6) {
            // What is under way is awaited, so that no chain's newest token is lost, but not counted.
            measuring = false;
            stopping = true;
            measured_to = now;
        }
        if (now < next_look && !stopping) continue;
        next_look = now + 10000;
        bool is_busy = false;
        for (int i = 0; i < connections; i++) {
            Connection *c = &all[i];
            if (c->is_waiting && now > c->sent_at + TIMEOUT_US) broken(c, "timeout", "no answer for 30 seconds");
            if (c->rests_until && now >= c->rests_until) send_request(c);
            is_busy |= c->is_waiting || (!stopping && !c->is_retired);
        }
        if (!is_busy) break;
    }
    if (!measured_to) measured_to = now_us(); // every chain has ended before the time was over
    if (!measured_from) measured_from = start;
    if (chain) write_tokens();
    report(chain ? "chain" : "fixed", (double)(measured_to - measured_from) / 1e6);
}

static void run_fsync(void) {
    int file = open(output_file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    static char page[4096];
    uint64_t start = now_us(), now = start;
    if (file < 0) fail("%s: %s", output_file, strerror(errno));
    while ((double)(now - start) < seconds * 1e6) {
        uint64_t before = now;
        page[0]++;
        if (write(file, page, sizeof page) != sizeof page || fdatasync(file)) fail("%s: %s", output_file, strerror(errno));
        now = now_us();
        record(now - before);
        good_answers++;
    }
    close(file);
    unlink(output_file);
    report("fsync", (double)(now - start) / 1e6);
}

int main(int count, char **arguments) {
    const char *mode = count > 1 ? arguments[1] : "";
    int option;
    optind = 2;
    while (count > 1 && (option = getopt(count, arguments, "u:t:p:b:c:d:w:s:o:f:a:")) != -1) {
        switch (option) {
        case 'u': parse_url(optarg); break;
        case 't': tokens_file = optarg; break;
        case 'p': proofs_file = optarg; break;
        case 'b': body = optarg; break;
        case 'c': connections = atoi(optarg); break;
        case 'd': seconds = atof(optarg); break;
        case 'w': warmup_seconds = atof(optarg); break;
        case 's': expected_status = atoi(optarg); break;
        case 'o': output_file = optarg; break;
        case 'f': form_field = optarg; break;
        case 'a': authorization = optarg; break;
        default: exit(2);
        }
    }
    signal(SIGPIPE, SIG_IGN);
    chain = !strcmp(mode, "chain");
    if (!strcmp(mode, "fsync") && output_file) run_fsync();
    else if ((chain && *host && tokens_file) || (!strcmp(mode, "fixed") && *host)) run();
    else
        fail("usage: load chain|fixed -u URL [-t TOKENS] [-p PROOFS] [-b BODY] [-f FIELD] [-a AUTHORIZATION] [-c CONNECTIONS] [-w WARM-UP] [-d SECONDS] [-s STATUS]\n"
             "             load fsync -o FILE [-d SECONDS]");
    return 0;
}
