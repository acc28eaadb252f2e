using System.Runtime.InteropServices;
using CsCheck;
using Tandem.Simulation;

namespace Tandem.Core.Tests.Properties;

/// <summary>What can happen to a bond and its ports.</summary>
internal enum Act
{
    Cut,
    Mend,
    Join,
    Leave,
    SetDown,
    SetUp,
    Wait,
    LongWait,
    Vanish,
    Mode,
    Primary,
    Prio,
    Choose,
    Delays,
    BondDown,
    BondUp,
    Deaf,
    Address,
    Mtu,
    FailOverMac,
    RefuseToJoin,
    RefuseAtRandom,
    Obey,
    ForeignAddress,
    ForeignMtu,
    Peer,
    Load,
    MinLinks,
}

/// <summary>A step of a script.</summary>
/// <param name="Act">What happens.</param>
/// <param name="Which">The number of the port to which it happens.</param>
/// <param name="Amount">A value for it, 0 to <see cref="BondSteps.MostAmount"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Step(Act Act, int Which, int Amount);

/// <summary>Scripts of what happens to a bond of station a, whose ports are connected to station b.</summary>
internal static class BondSteps
{
    /// <summary>The default MTU of devices.</summary>
    public const int UsualMtu = 1500;

    /// <summary>The largest amount of a step.</summary>
    public const int MostAmount = 1500;

    /// <summary>One of these values.</summary>
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(number => values[number]);

    /// <summary>Scripts of these acts; one that is named twice happens twice as often.</summary>
    public static Gen<Step[]> Scripts(int ports, int mostSteps, params Act[] acts) =>
        Gen.Select(OneOf(acts), Gen.Int[0, ports - 1], Gen.Int[0, MostAmount], (act, which, amount) => new Step(act, which, amount)).Array[
            1,
            mostSteps
        ];

    /// <summary>Carries out a step, if it is possible now.</summary>
    public static void Play(Step step, World world, Station a, IReadOnlyList<Cable> cables)
    {
        var (port, cable, amount) = (a.Ports[step.Which], cables[step.Which], step.Amount);
        var isMember = a.Bond.FindMember(port.Ifindex) is not null;
        switch (step.Act)
        {
            case Act.Cut:
                cable.Cut();
                break;
            case Act.Mend:
                cable.Mend();
                break;
            case Act.Join when port.Exists:
                a.Join(port);
                break;
            case Act.Leave:
                a.Leave(port);
                break;
            case Act.SetDown:
                port.IsUp = false;
                break;
            case Act.SetUp when isMember:
                port.IsUp = true;
                break;
            case Act.Wait:
                world.Run(amount);
                break;
            case Act.LongWait:
                world.Run(100.0 * amount);
                break;
            case Act.Vanish when isMember:
                port.Exists = false;
                a.Bond.MemberGone(world.Now, port.Ifindex, "deleted");
                port.Exists = true;
                port.IsUp = false;
                break;
            case Act.Mode:
                a.Set("mode", ((string[])["0", "1", "2", "3", "5", "6"])[amount % 6]);
                break;
            case Act.Primary:
                a.Set("primary", amount % 3 == 0 ? "" : port.Name);
                break;
            case Act.Prio when isMember:
                a.Set(port, "prio", $"{amount - 700}");
                break;
            case Act.Choose:
                a.Set("active_slave", amount % 3 == 0 ? "" : port.Name);
                break;
            case Act.Delays:
                a.Set("miimon", "100", "updelay", $"{amount}", "downdelay", $"{MostAmount - amount}");
                break;
            case Act.BondDown or Act.BondUp:
                a.Bond.SetUp(world.Now, up: step.Act == Act.BondUp);
                break;
            case Act.Deaf:
                port.ReportsLink = amount % 2 == 0;
                break;
            case Act.Address:
                a.Bond.SetAddress(world.Now, new MacAddress(0x0200_0000_5500 + (ulong)amount));
                break;
            case Act.Mtu:
                a.Bond.SetMtu(world.Now, UsualMtu - 100 + amount);
                break;
            case Act.FailOverMac:
                a.Set("fail_over_mac", $"{amount % 3}");
                break;
            case Act.RefuseToJoin:
                // The port's device refuses to join now; changes of addresses and MTUs succeed.
                a.Fault = (device, operation) => amount % 2 == 0 && device == port.Name && operation == "attach" ? "no" : null;
                break;
            case Act.RefuseAtRandom:
                var chance = new Random(amount);
                a.Fault = (_, operation) =>
                    operation is "attach" or "address" or "mtu" or "mtu limit" && chance.Next(2) == 0 ? "not with this device" : null;
                break;
            case Act.Obey:
                a.Fault = (_, _) => null;
                break;
            case Act.ForeignAddress when isMember:
                port.ChangeByOther(address: new MacAddress(0x0200_0000_6600 + (ulong)amount));
                break;
            case Act.ForeignMtu when isMember:
                port.ChangeByOther(mtu: 1280 + amount);
                break;
            case Act.Peer:
                cable.B.Transmit(BalancingInvariants.Question(amount));
                world.Run(1);
                break;
            case Act.Load:
                for (var frame = 0; frame < amount % 50; frame++)
                    a.Send([.. new byte[6], 2, 0, 0, 0, 0, (byte)frame, 0x08, 0x00, .. new byte[46]]);
                break;
            case Act.MinLinks:
                a.Set("min_links", $"{step.Which + 1}");
                break;
        }
    }
}
