using Tandem.Core;
using Tandem.Core.Bonds;

namespace Tandem.Simulation;

/// <summary>A network interface of a station.</summary>
public sealed class Port
{
    private const long ReportDelay = 100 * Clock.Microsecond;

    private readonly World _world;
    private readonly Station _station;
    private LinkStatus _reported;
    private bool _isUp;

    internal Port(World world, Station station, string name, int ifindex, MacAddress address, uint speedMbps)
    {
        (_world, _station) = (world, station);
        (Name, Ifindex, SpeedMbps) = (name, ifindex, speedMbps);
        Address = OwnAddress = address;
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>The interface's number.</summary>
    public int Ifindex { get; }

    /// <summary>The address that it was made with.</summary>
    public MacAddress OwnAddress { get; }

    /// <summary>Its address.</summary>
    public MacAddress Address { get; set; }

    /// <summary>Its MTU.</summary>
    public int Mtu { get; set; } = 1500;

    /// <summary>The speed in Mbit/s, 0 if the device does not report it.</summary>
    public uint SpeedMbps { get; set; }

    /// <summary>False for a device whose driver does not report changes of its link.</summary>
    public bool ReportsLink { get; set; } = true;

    /// <summary>False once the device is gone.</summary>
    public bool Exists { get; set; } = true;

    /// <summary>The cable that is plugged in.</summary>
    public Cable? Cable { get; internal set; }

    /// <summary>Frames that arrived while it was up.</summary>
    public ulong FramesReceived { get; private set; }

    /// <summary>Administratively up.</summary>
    public bool IsUp
    {
        get => _isUp;
        set
        {
            _isUp = value;
            LinkMoved();
            Cable?.Opposite(this).LinkMoved();
        }
    }

    /// <summary>The link as it is.</summary>
    public LinkStatus Status =>
        new(IsUp, Cable is { IsCut: false } cable && cable.Opposite(this).IsUp, SpeedMbps, SpeedMbps == 0 ? Duplex.Unknown : Duplex.Full);

    /// <summary>The description of the port for a bond that it joins.</summary>
    public Candidate AsCandidate() =>
        new()
        {
            Ifindex = Ifindex,
            Name = Name,
            Address = Address,
            Link = Status,
        };

    /// <summary>Sees each frame that arrives.</summary>
    public Action<byte[]>? Heard { get; set; }

    /// <summary>Sends a frame from the port itself.</summary>
    public void Transmit(byte[] frame) => Send(frame);

    /// <summary>Changes the address or the MTU, as another program would.</summary>
    public void ChangeByOther(MacAddress? address = null, int? mtu = null)
    {
        (Address, Mtu) = (address ?? Address, mtu ?? Mtu);
        SettingsMoved();
    }

    /// <summary>Reports a change of address or MTU, also one of the bond's own, to the bond a moment later, with the values of that time.</summary>
    internal void SettingsMoved() =>
        _world.After(
            ReportDelay,
            () =>
            {
                if (!_station.IsDead)
                    _station.Bond.MemberChanged(_world.Now, Ifindex, Address, Mtu);
            }
        );

    internal void LinkMoved()
    {
        if (Status == _reported)
            return;
        _reported = Status;
        if (ReportsLink && !_station.IsDead)
            _station.Bond.LinkChanged(_world.Now, Ifindex, Status);
    }

    internal void Send(byte[] frame)
    {
        if (Status.IsRunning)
            Cable!.Carry(this, frame);
    }

    internal void Receive(byte[] frame)
    {
        if (!IsUp)
            return;
        FramesReceived++;
        Heard?.Invoke(frame);
        _station.Arrived(this, frame);
    }
}
