using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>Request of a signal to the service.</summary>
public enum SignalWish
{
    /// <summary>SIGTERM or SIGINT: stop.</summary>
    Stop,

    /// <summary>SIGHUP: execute the installed program in place of this one.</summary>
    Replace,

    /// <summary>SIGUSR1: end, and leave the bonds to the next service.</summary>
    Leave,
}

/// <summary>
/// SIGHUP, SIGUSR1, SIGTERM and SIGINT, blocked until one is taken. Mask and pending signals survive execve, so a service that executes another
/// program loses no signal, and none ends the new program by its default action before it is ready. A handler could not do that: a signal
/// that it took is lost at execve.
/// </summary>
public static unsafe class HeldSignals
{
    /// <summary>
    /// Blocks the signals in this thread and in threads that it starts. False if this thread had not blocked them yet: then existing
    /// threads have not either, and may receive one.
    /// </summary>
    public static bool Hold()
    {
        SignalSet old;
        var set = Set();
        return SignalCalls.ThreadMask(SignalCalls.SIG_BLOCK, &set, &old) == 0
            && old.Has(SignalCalls.SIGHUP)
            && old.Has(SignalCalls.SIGUSR1)
            && old.Has(SignalCalls.SIGTERM);
    }

    /// <summary>Takes one signal; blocks until there is one.</summary>
    public static SignalWish Await()
    {
        var set = Set();
        int signal;
        while (SignalCalls.Wait(&set, &signal) != 0) { }
        return signal switch
        {
            SignalCalls.SIGHUP => SignalWish.Replace,
            SignalCalls.SIGUSR1 => SignalWish.Leave,
            _ => SignalWish.Stop,
        };
    }

    // An ignored SIGINT stays ignored: Ctrl-C in a terminal is not meant for background jobs of a script.
    private static SignalSet Set()
    {
        var set = new SignalSet();
        set.Add(SignalCalls.SIGHUP);
        set.Add(SignalCalls.SIGUSR1);
        set.Add(SignalCalls.SIGTERM);
        if (!SignalCalls.IsIgnored(SignalCalls.SIGINT))
            set.Add(SignalCalls.SIGINT);
        return set;
    }
}
