using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Xunit;

namespace Tandem.Api.Tests;

/// <summary>The JSON of messages: a change here is a change of the API.</summary>
public sealed class MessageTests
{
    [Fact]
    public void A_bond_is_written_in_the_words_of_ip()
    {
        var bond = new BondResource
        {
            Name = "bond0",
            Link = new LinkAttributes
            {
                Ifindex = 7,
                Ifname = "bond0",
                Flags = ["BROADCAST", "MULTICAST", "MASTER", "UP"],
                Mtu = 1500,
                Operstate = "UP",
                Inet6AddrGenMode = "eui64",
                NumTxQueues = 1,
                Stats64 = new LinkCounters { Rx = new(1, 2, 3, 4, 5, 6), Tx = new(7, 8, 9, 10, 11, 12) },
            },
            Options = new JsonObject { ["mode"] = "active-backup", ["arp_validate"] = null },
            ActiveMember = "eth0",
            Carrier = true,
            SpeedMbps = 1000,
            Duplex = "full",
            DataPath = "csharp",
            Members =
            [
                new MemberResource
                {
                    Name = "eth0",
                    Link = new LinkAttributes
                    {
                        Ifindex = 3,
                        Ifname = "eth0",
                        Flags = ["SLAVE"],
                        Master = "bond0",
                    },
                    Data = new JsonObject { ["state"] = "ACTIVE" },
                    Duplex = "unknown",
                    Counters = new MemberCounters { TxFrames = 1 },
                },
            ],
        };
        const string Expected =
            """{"name":"bond0","link":{"ifindex":7,"ifname":"bond0","flags":["BROADCAST","MULTICAST","MASTER","UP"],"mtu":1500,"operstate":"UP","inet6_addr_gen_mode":"eui64","num_tx_queues":1,"stats64":{"rx":{"bytes":1,"packets":2,"errors":3,"dropped":4,"over_errors":5,"multicast":6},"tx":{"bytes":7,"packets":8,"errors":9,"dropped":10,"carrier_errors":11,"collisions":12}}},"options":{"mode":"active-backup","arp_validate":null},"active_member":"eth0","carrier":true,"speed_mbps":1000,"duplex":"full","data_path":"csharp","members":[{"name":"eth0","slot":0,"link":{"ifindex":3,"ifname":"eth0","flags":["SLAVE"],"mtu":0,"master":"bond0"},"data":{"state":"ACTIVE"},"speed_mbps":0,"duplex":"unknown","counters":{"tx_frames":1,"tx_bytes":0,"tx_dropped":0,"rx_frames":0,"rx_bytes":0,"rx_suppressed":0,"rx_dropped":0}}],"no_member_dropped":0,"left_by_kernel":0}""";
        Assert.Equal(Expected, JsonSerializer.Serialize(bond, TandemJson.Readable.BondResource));
        AssertRead(Expected, TandemJson.Readable.BondResource);
    }

    [Fact]
    public void LACP_state_is_written_in_the_terms_of_the_standard()
    {
        var end = new LacpEndResource
        {
            System = new LacpSystemResource(65535, "02:00:00:00:00:01"),
            Key = 15,
            PortPriority = 255,
            Port = 1,
            State = 0x45,
            Activity = "active",
            Timeout = "long",
            Aggregation = "aggregatable",
            Synchronization = "out of sync",
            Defaulted = true,
            Churn = "monitoring",
        };
        var time = new DateTimeOffset(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);
        var member = new LacpMemberResource
        {
            Aggregator = 1,
            WaitsFor = "no LACPDU arrives",
            Actor = end,
            Partner = end,
            Receive = new LacpMachineResource("defaulted", time),
            Mux = new LacpMachineResource("detached", time),
            Selection = "unselected",
            Periodic = "each second",
            Drain = "off",
            Counters = new Dictionary<string, ulong>(StringComparer.Ordinal) { ["lacpdu_sent"] = 7 },
            Transitions = [new LacpTransitionResource(time, "receive", "expired", "defaulted", "nothing was heard")],
        };
        const string End =
            """{"system":{"priority":65535,"address":"02:00:00:00:00:01"},"key":15,"port_priority":255,"port":1,"state":69,"activity":"active","timeout":"long","aggregation":"aggregatable","synchronization":"out of sync","collecting":false,"distributing":false,"defaulted":true,"expired":false,"churn":"monitoring","churn_count":0}""";
        const string Time = "2026-11-22T17:00:00+00:00";
        const string Expected =
            $$"""{"aggregator":1,"is_carrying":false,"waits_for":"no LACPDU arrives","actor":{{End}},"partner":{{End}},"receive":{"state":"defaulted","since":"{{Time}}"},"mux":{"state":"detached","since":"{{Time}}"},"selection":"unselected","periodic":"each second","drain":"off","counters":{"lacpdu_sent":7},"transitions":[{"time":"{{Time}}","machine":"receive","from":"expired","to":"defaulted","reason":"nothing was heard"}]}""";
        Assert.Equal(Expected, JsonSerializer.Serialize(member, TandemJson.Readable.LacpMemberResource));
        AssertRead(Expected, TandemJson.Readable.LacpMemberResource);
        var bond = new LacpResource
        {
            System = new LacpSystemResource(1, "02:00:00:00:00:01"),
            Active = new LacpAggregatorResource { Id = 2, Partner = new LacpSystemResource(3, "02:00:00:00:00:02") },
            FallbackMember = "eth0",
        };
        const string Bond =
            """{"system":{"priority":1,"address":"02:00:00:00:00:01"},"active":{"id":2,"partner":{"priority":3,"address":"02:00:00:00:00:02"},"actor_key":0,"partner_key":0,"is_individual":false,"links":0,"links_up":0,"links_usable":0,"bandwidth_mbps":0},"fallback_member":"eth0"}""";
        Assert.Equal(Bond, JsonSerializer.Serialize(bond, TandemJson.Readable.LacpResource));
        AssertRead(Bond, TandemJson.Readable.LacpResource);
    }

    [Fact]
    public void An_event_has_time_kind_and_reason()
    {
        var message = new EventMessage(
            DateTimeOffset.UnixEpoch,
            "link-down",
            "warning",
            "bond0",
            "eth0",
            "carrier lost for \"good\" <now>"
        );
        const string Expected =
            """{"time":"1970-01-01T00:00:00+00:00","kind":"link-down","level":"warning","bond":"bond0","member":"eth0","reason":"carrier lost for \"good\" <now>"}""";
        Assert.Equal(Expected, JsonSerializer.Serialize(message, TandemJson.Readable.EventMessage));
        AssertRead(Expected, TandemJson.Readable.EventMessage);
    }

    [Fact]
    public void A_refusal_has_a_kind_for_programs_and_a_message_for_people()
    {
        const string Expected = """{"kind":"no-bond","message":"bond9: there is no bond of that name"}""";
        Assert.Equal(
            Expected,
            JsonSerializer.Serialize(new ErrorMessage("no-bond", "bond9: there is no bond of that name"), TandemJson.Readable.ErrorMessage)
        );
        AssertRead(Expected, TandemJson.Readable.ErrorMessage);
    }

    [Fact]
    public void A_request_needs_nothing_but_a_name()
    {
        var request = JsonSerializer.Deserialize("""{"name":"bond0"}""", TandemJson.Default.CreateBondRequest)!;
        Assert.Equal("bond0", request.Name);
        Assert.Null(request.Options);
        Assert.Null(request.Up);
    }

    [Fact]
    public void Numbers_and_booleans_of_options_are_read_as_text_and_written_as_text()
    {
        const string Json = """{"options":{"mode":1,"miimon":"100","prio":-7,"coupled_control":true,"lacp_strict":false,"updelay":1.5}}""";
        const string Texts =
            """{"options":{"mode":"1","miimon":"100","prio":"-7","coupled_control":"on","lacp_strict":"off","updelay":"1.5"}}""";
        var change = JsonSerializer.Deserialize(Json, TandemJson.Default.ChangeBondRequest)!;
        Assert.Equal(Texts, JsonSerializer.Serialize(change, TandemJson.Default.ChangeBondRequest));
        var member = JsonSerializer.Deserialize(Json, TandemJson.Default.ChangeMemberRequest)!;
        Assert.Equal(Texts, JsonSerializer.Serialize(member, TandemJson.Default.ChangeMemberRequest));
    }

    [Theory]
    [InlineData("""{"name":"bond0","mtu":"1500"}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"mtu":1500}""")]
    [InlineData("""{"name":"bond0","colour":"red"}""")]
    [InlineData("""{"name":"bond0","options":{"miimon":{}}}""")]
    [InlineData("""{"name":"bond0","options":{"arp_ip_target":["192.0.2.1"]}}""")]
    [InlineData("""{"name":"bond0","options":["miimon"]}""")]
    [InlineData("""{"name":"bond0","options":"miimon"}""")]
    public void A_request_of_another_shape_is_not_read(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, TandemJson.Default.CreateBondRequest));

    // The message must survive as it is, and also as a newer service writes it, with properties that this version does not know.
    private static void AssertRead<T>(string json, JsonTypeInfo<T> type)
        where T : notnull
    {
        const string Unknown = ",\"later\":1";
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type)!, type));
        var newer = json.Replace("}", $"{Unknown}}}", StringComparison.Ordinal).Replace($"{{{Unknown}", "{", StringComparison.Ordinal);
        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(newer, type)!, type);
        // Tables keep the unknown key, as their keys are no properties.
        Assert.Equal(json, written.Replace(Unknown, "", StringComparison.Ordinal));
    }
}
