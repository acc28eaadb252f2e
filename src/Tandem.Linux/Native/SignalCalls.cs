using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>sigset_t: 128 bytes in glibc and in musl. Signal N is bit N - 1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalSet
{
    private fixed ulong _words[16];

    public void Add(int signal) => _words[0] |= 1UL << (signal - 1);

    public readonly bool Has(int signal) => (_words[0] & (1UL << (signal - 1))) != 0;
}

/// <summary>Signals (signal.h); x86-64 and arm64 share their numbers.</summary>
internal static unsafe partial class SignalCalls
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGUSR1 = 10;
    public const int SIGTERM = 15;
    public const int SIG_BLOCK = 0;
    public const nint SIG_IGN = 1;

    // int pthread_sigmask(int how, const sigset_t *set, sigset_t *oldset); answers with an error number.
    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    public static partial int ThreadMask(int how, SignalSet* set, SignalSet* old);

    // int sigwait(const sigset_t *set, int *sig); answers with an error number.
    [LibraryImport("libc", EntryPoint = "sigwait")]
    public static partial int Wait(SignalSet* set, int* signal);

    // int sigaction(int signum, const struct sigaction *act, struct sigaction *oldact);
    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Action(int signal, void* action, void* old);

    /// <summary>Whether a signal is ignored, as SIGINT is for background jobs of shells.</summary>
    public static bool IsIgnored(int signal)
    {
        // struct sigaction has 152 bytes; the handler comes first.
        var old = stackalloc nint[32];
        return Action(signal, null, old) == 0 && old[0] == SIG_IGN;
    }
}
