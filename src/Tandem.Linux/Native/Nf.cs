namespace Tandem.Linux.Native;

/// <summary>nftables over netlink (linux/netfilter/nfnetlink.h, nf_tables.h). Numbers in attributes are big-endian.</summary>
internal static class Nf
{
    public const ushort NFNL_MSG_BATCH_BEGIN = 0x10;
    public const ushort NFNL_MSG_BATCH_END = 0x11;
    public const ushort NFNL_SUBSYS_NFTABLES = 10;
    public const ushort NFT_MSG_NEWTABLE = (NFNL_SUBSYS_NFTABLES << 8) | 0;
    public const ushort NFT_MSG_DELTABLE = (NFNL_SUBSYS_NFTABLES << 8) | 2;
    public const ushort NFT_MSG_NEWCHAIN = (NFNL_SUBSYS_NFTABLES << 8) | 3;
    public const ushort NFT_MSG_GETCHAIN = (NFNL_SUBSYS_NFTABLES << 8) | 4;
    public const ushort NFT_MSG_DELCHAIN = (NFNL_SUBSYS_NFTABLES << 8) | 5;

    public const int NFNLGRP_NFTABLES = 7;

    public const byte NFPROTO_NETDEV = 5;
    public const uint NF_NETDEV_INGRESS = 0;
    public const uint NF_DROP = 0;

    public const ushort NFTA_TABLE_NAME = 1;
    public const ushort NFTA_CHAIN_TABLE = 1;
    public const ushort NFTA_CHAIN_NAME = 3;
    public const ushort NFTA_CHAIN_HOOK = 4;
    public const ushort NFTA_CHAIN_POLICY = 5;
    public const ushort NFTA_CHAIN_TYPE = 7;
    public const ushort NFTA_HOOK_HOOKNUM = 1;
    public const ushort NFTA_HOOK_PRIORITY = 2;
    public const ushort NFTA_HOOK_DEV = 3;
}
