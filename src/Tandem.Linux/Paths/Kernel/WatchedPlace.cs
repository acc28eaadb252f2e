using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// A place where a program is to stay. <see cref="ProgramWatch"/> puts the program back when somebody detached it, until the place is ended. What it
/// found waits here for whoever tells it.
/// </summary>
/// <param name="place">The place.</param>
/// <param name="program">The program's descriptor, which stays open until the place is ended.</param>
internal sealed class WatchedPlace(Place place, int program)
{
    private readonly Lock _gate = new();
    private readonly uint _id = BpfId.Of(program);
    private LinuxResult? _restored;
    private IReadOnlyList<string> _strangers = [];
    private bool _hasFailed;
    private bool _hasEnded;

    public Place Place => place;

    /// <summary>Whether a look that costs next to nothing tells that the program is there.</summary>
    public bool CanGlance => place.Hook.CanGlance;

    /// <summary>What others have here, as of the last look.</summary>
    public IReadOnlyList<string> Strangers => Volatile.Read(ref _strangers);

    /// <summary>What came of putting the program back, once; null if it did not go since.</summary>
    public LinuxResult? TakeRestored()
    {
        lock (_gate)
        {
            var restored = _restored;
            _restored = null;
            return restored;
        }
    }

    /// <summary>Leaves the place alone from now on; returns once nobody is about to put a program here.</summary>
    public void End()
    {
        lock (_gate)
            _hasEnded = true;
    }

    /// <summary>Puts the program back if the list of programs at the hook does not have it.</summary>
    public void Glance()
    {
        // What cannot be put back is tried again with the next look, not each time.
        if (!Volatile.Read(ref _hasFailed) && place.Hook.Has(place.Ifindex, place.Point, _id) == false)
            Restore();
    }

    /// <summary>Looks at all there is.</summary>
    public void Look()
    {
        Restore();
        try
        {
            Volatile.Write(ref _strangers, [.. place.Strangers()]);
        }
        catch (InvalidOperationException)
        {
            // No socket is to be had: they are known as of before.
        }
    }

    /// <summary>Puts the program back if there is none of Tandem's.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (_hasEnded || place.Find() != 0)
                return;
            var result = place.Attach(program);
            Volatile.Write(ref _hasFailed, !result.IsOk);
            // An interface that is gone is no news here.
            if (result.Errno != Errno.ENODEV)
                _restored = result;
        }
    }
}
