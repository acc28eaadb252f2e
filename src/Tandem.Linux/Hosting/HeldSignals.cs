using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>What a signal asks of a service.</summary>
public enum SignalWish
{
    /// <summary>SIGTERM or SIGINT: to end.</summary>
    Stop,

    /// <summary>SIGHUP: to be replaced.</summary>
    Replace,
}

/// <summary>
/// SIGHUP, SIGTERM and SIGINT, blocked until somebody asks for one. The kernel keeps blocked signals pending, and keeps both the mask and
/// what is pending over execve. So a service that becomes another program loses none, and none ends it by its default action before the
/// new program is ready. A handler cannot do that: what it took is forgotten at execve.
/// </summary>
public static unsafe class HeldSignals
{
    /// <summary>
    /// Blocks the signals in this thread and in those that it starts. False if this thread did not block them yet: other threads then do
    /// not either, and may get one.
    /// </summary>
    public static bool Hold()
    {
        SignalSet old;
        var set = Set();
        return SignalCalls.ThreadMask(SignalCalls.SIG_BLOCK, &set, &old) == 0
            && old.Has(SignalCalls.SIGHUP)
            && old.Has(SignalCalls.SIGTERM);
    }

    /// <summary>Takes one signal; blocks the thread until there is one.</summary>
    public static SignalWish Await()
    {
        var set = Set();
        int signal;
        while (SignalCalls.Wait(&set, &signal) != 0) { }
        return signal == SignalCalls.SIGHUP ? SignalWish.Replace : SignalWish.Stop;
    }

    // An ignored SIGINT is left alone: Ctrl-C in a terminal is not meant for what a script started in the background.
    private static SignalSet Set()
    {
        var set = new SignalSet();
        set.Add(SignalCalls.SIGHUP);
        set.Add(SignalCalls.SIGTERM);
        if (!SignalCalls.IsIgnored(SignalCalls.SIGINT))
            set.Add(SignalCalls.SIGINT);
        return set;
    }
}
