// libpq without a link to it: its declarations, and a table of its functions that is filled when they are needed.

#include <dlfcn.h>
#include <stddef.h>

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

#define LIBPQ_FUNCTIONS(function)                                                                                      \
    function(PQbackendPID) function(PQclear) function(PQcmdStatus) function(PQconnectdbParams)                         \
    function(PQconninfoFree) function(PQconninfoParse) function(PQconsumeInput) function(PQenterPipelineMode)          \
    function(PQerrorMessage) function(PQexitPipelineMode) function(PQfinish) function(PQflush) function(PQfreemem)     \
    function(PQgetResult) function(PQgetisnull) function(PQgetlength) function(PQgetvalue) function(PQisBusy)          \
    function(PQnotifies) function(PQntuples) function(PQpipelineSync) function(PQresultErrorField)                     \
    function(PQresultErrorMessage) function(PQresultStatus) function(PQsendPrepare) function(PQsendQuery)              \
    function(PQsendQueryPrepared) function(PQserverVersion) function(PQsetNoticeReceiver) function(PQsetnonblocking)   \
    function(PQsocket) function(PQstatus)

// Each member has the name and the type of the function.
struct LibpqFunctions {
#define MEMBER(name) __typeof__(name) *name;
    LIBPQ_FUNCTIONS(MEMBER)
#undef MEMBER
};

// Fills the table from an open library. Returns the name of a function that the library lacks, else NULL.
static inline const char *libpq_load(void *library, struct LibpqFunctions *functions) {
#define LOAD(name)                                                                                                     \
    if (!(*(void **)&functions->name = dlsym(library, #name))) return #name;
    LIBPQ_FUNCTIONS(LOAD)
#undef LOAD
    return NULL;
}
