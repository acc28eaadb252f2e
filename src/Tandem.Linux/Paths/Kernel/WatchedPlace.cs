using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// A place at which a program must stay attached. <see cref="ProgramWatch"/> reattaches the program after others detached it, until the
/// place is ended. Its findings are stored here until the owner reads them.
/// </summary>
/// <param name="place">The place.</param>
/// <param name="program">The program's descriptor, open until the place is ended.</param>
internal sealed class WatchedPlace(Place place, int program)
{
    private readonly Lock _gate = new();
    private readonly uint _id = BpfId.Of(program);
    private LinuxResult? _restored;
    private IReadOnlyList<string> _strangers = [];
    private bool _hasFailed;
    private bool _hasEnded;

    public Place Place => place;

    /// <summary>Whether a cheap request tells that the program is attached.</summary>
    public bool CanGlance => place.Hook.CanGlance;

    /// <summary>Other programs here, at the last full pass.</summary>
    public IReadOnlyList<string> Strangers => Volatile.Read(ref _strangers);

    /// <summary>The result of reattaching the program, once; null if it was not detached since.</summary>
    public LinuxResult? TakeRestored()
    {
        lock (_gate)
        {
            var restored = _restored;
            _restored = null;
            return restored;
        }
    }

    /// <summary>Ends the watch; on return nobody is attaching a program here any more.</summary>
    public void End()
    {
        lock (_gate)
            _hasEnded = true;
    }

    /// <summary>Reattaches the program if the hook's list of programs lacks it.</summary>
    public void Glance()
    {
        // After a failure the next full pass tries again, not each list read.
        if (!Volatile.Read(ref _hasFailed) && place.Hook.Has(place.Ifindex, place.Point, _id) == false)
            Restore();
    }

    /// <summary>Does a full pass for this place.</summary>
    public void Look()
    {
        Restore();
        try
        {
            Volatile.Write(ref _strangers, [.. place.Strangers()]);
        }
        catch (InvalidOperationException)
        {
            // No socket can be opened: the earlier list is used.
        }
    }

    /// <summary>Reattaches the program if none of Tandem's is attached.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (_hasEnded || place.Find() != 0)
                return;
            var result = place.Attach(program);
            Volatile.Write(ref _hasFailed, !result.IsOk);
            // A removed interface is not reported here.
            if (result.Errno != Errno.ENODEV)
                _restored = result;
        }
    }
}
