namespace Tandem.EndToEnd.Tests;

/// <content>The events, each with its weight.</content>
internal sealed partial class DriverSequence
{
    private IEnumerable<(int Weight, Action Play)> Events() =>
        [
            (14, ChangeCables),
            (IsLacp ? 0 : 3, Blip),
            (4, JoinAnother),
            (5, ReleaseOne),
            (4, Rejoin),
            (4, DownAndUp),
            (3, MemberDownAndUp),
            (2, Readdress),
            (1, () => Add($"both link set bond0 mtu {Pick(1400, 1500, 9000)}")),
            (IsLacp ? 0 : 4, ChangeMonitor),
            (IsLacp ? 0 : 4, DrawDelays),
            (HasActive ? 16 : 1, ChangeActive),
            (HasActive ? 10 : 1, ChangePriority),
            (IsLacp ? 8 : 1, ChangeLacp),
            (8, ChangeOption),
            (3, () => Add($"both link set {AnyMember()} type bond_slave queue_id {Pick(0, 1, 2, 3, 16, 17)}")),
            (4, Refused),
        ];

    private void ChangeCables()
    {
        // Without a link monitor the driver does not see the change of a cable; Tandem does.
        if (_miimon == 0)
            ChangeMonitor();
        foreach (var cable in Enumerable.Range(0, Cables).OrderBy(_ => _random.Next()).Take(Pick(1, 1, 1, 2)))
            Turn(cable);
    }

    private void Turn(int cable) => Add(_cut.Remove(cable) ? $"mend {cable}" : Cut(cable));

    private string Cut(int cable)
    {
        _cut.Add(cable);
        return $"cut {cable}";
    }

    // A loss that is over before the delay ends. It has no effect, whether the driver sees it or not.
    private void Blip()
    {
        var intact = Enumerable.Range(0, Cables).Except(_cut).ToArray();
        if (intact.Length == 0)
            return;
        if (_miimon == 0)
            ChangeMonitor();
        Bond("downdelay 1000");
        Add($"blip {Pick(intact)}", Check);
        Bond("downdelay 0");
    }

    private void JoinAnother()
    {
        var free = Enumerable.Range(0, Cables).Where(i => !_members.Contains($"e{i}")).ToArray();
        if (free.Length > 0)
            JoinInMind(Pick(free));
        else
            Add($"both link set {AnyMember()} master bond0");
    }

    // Without a link monitor the driver treats an interface that joins as up; Tandem checks its carrier.
    private void JoinInMind(int cable)
    {
        if (_miimon == 0 && _cut.Contains(cable))
            ChangeMonitor();
        Join($"e{cable}");
    }

    private void ReleaseOne()
    {
        // When the last member leaves, the driver forgets a bond's address that a user set; Tandem keeps it.
        if (_members.Count > 1 || (_members.Count == 1 && !_hasOwnAddress))
            Release(AnyMember());
        else
            Add($"both link set {AnyInterface()} nomaster");
    }

    private void Rejoin()
    {
        if (_members.Count == 0 || (_members.Count == 1 && _hasOwnAddress))
            return;
        var member = AnyMember();
        Release(member);
        if (Chance(2))
            Add(Check);
        JoinInMind(member[1] - '0');
    }

    // Tandem sees a change meanwhile at once, the driver when the bond is up again. A single loss counts as one for both.
    private void DownAndUp()
    {
        Add("both link set bond0 down");
        // The driver still shows a group that is closed; Tandem does not.
        if (!IsLacp)
            Add(Check);
        if (_miimon > 0 && Chance(2))
            Turn(_random.Next(Cables));
        else if (!IsLacp && Chance(3) && _members.Count > 1)
            Release(AnyMember());
        Add("both link set bond0 up");
    }

    private void MemberDownAndUp()
    {
        if (_members.Count == 0)
            return;
        if (_miimon == 0)
            ChangeMonitor();
        var member = AnyMember();
        Add($"each link set {member} down", Check, $"each link set {member} up");
    }

    private void Readdress()
    {
        Add($"both link set bond0 address 02:00:00:00:02:0{_random.Next(1, 4)}");
        _hasOwnAddress = true;
    }

    private void ChangeMonitor()
    {
        _miimon = _miimon > 0 && !IsLacp && Chance(4) ? 0 : Pick(20, 30, 40, 50);
        Bond($"miimon {_miimon}");
    }

    private void DrawDelays()
    {
        if (_miimon > 0 && Chance(4))
        {
            Bond($"updelay {Pick(30, 100)} downdelay {Pick(50, 120)} peer_notify_delay {Pick(0, 100)}");
            _hasDelays = true;
            return;
        }
        var delay = Pick(0, 25, 60, 90, 150);
        Bond($"{Pick("updelay", "downdelay", "peer_notify_delay")} {delay}");
        _hasDelays = _hasDelays || delay > 0;
    }

    private void ChangeActive() =>
        Bond(
            _random.Next(5) switch
            {
                0 => "clear_active_slave",
                1 => $"active_slave {AnyInterface()}",
                2 => $"primary {AnyInterface()}",
                3 => $"primary_reselect {Pick("always", "better", "failure")}",
                _ => $"active_slave {AnyMember()}",
            }
        );

    private void ChangePriority() => Add($"both link set {AnyMember()} type bond_slave prio {Pick(-1, 0, 1, 5, 10)}");

    private void ChangeOption() =>
        Bond(
            _random.Next(14) switch
            {
                0 => $"num_grat_arp {Pick(0, 1, 3, 255)}",
                1 => $"num_unsol_na {Pick(0, 2, 256)}",
                2 => $"resend_igmp {Pick(0, 1, 5, 255, 256)}",
                3 or 4 => $"all_slaves_active {Pick(0, 1)}",
                5 => $"xmit_hash_policy {Pick("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac")}",
                6 => $"packets_per_slave {Pick(0, 1, 7, 65535, 65536)}",
                7 => $"lp_interval {Pick(0, 1, 60)}",
                8 => $"primary_reselect {Pick("always", "better", "failure")}",
                9 => $"fail_over_mac {Pick("none", "active", "follow")}",
                10 => $"arp_all_targets {Pick("any", "all")}",
                11 => $"resend_igmp {Pick(2, 3)} num_grat_arp {Pick(2, 4)} all_slaves_active {Pick(0, 1)}",
                12 => $"ad_select {Pick("stable", "bandwidth", "count")}",
                // Outside 802.3ad, Tandem applies min_links in more modes than the driver.
                _ => $"min_links {(IsLacp ? Pick(0, 1, 2) : Pick(0, 1))}",
            }
        );

    private void ChangeLacp()
    {
        var option = _random.Next(6) switch
        {
            0 => $"lacp_rate {Pick("slow", "fast")}",
            1 => $"ad_select {Pick("stable", "bandwidth", "count")}",
            2 => $"ad_user_port_key {Pick(0, 5, 1023, 1024)}",
            3 => $"lacp_active {Pick("off", "on")}",
            4 => $"ad_actor_sys_prio {Pick(0, 1, 100, 65535)}",
            _ => $"ad_actor_system 02:00:00:00:03:0{_random.Next(1, 4)}",
        };
        if (IsLacp && Chance(2))
        {
            Add("both link set bond0 down");
            Bond(option);
            Add("both link set bond0 up");
        }
        else
        {
            Bond(option);
        }
    }

    private void Refused()
    {
        switch (_random.Next(5))
        {
            case 0:
                Bond($"mode {Pick("balance-rr", "active-backup", "balance-xor")}");
                break;
            case 1:
                Bond("active_slave lo");
                break;
            case 2:
                Add("both link set e9 master bond0");
                break;
            case 3:
                Add("both link set lo master bond0");
                break;
            default:
                // An interface that is up does not join.
                var free = Enumerable.Range(0, Cables).Select(i => $"e{i}").Except(_members).ToArray();
                if (free.Length > 0)
                    Add($"each link set {free[0]} up", $"both link set {free[0]} master bond0", $"each link set {free[0]} down");
                break;
        }
    }
}
